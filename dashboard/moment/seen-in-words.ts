import { eventWords } from '#scenarios/harness/report/html/event-words.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { SeenInWords } from './moment.ts';
import type { LiveFact, Seen } from './seen.ts';

const liveTypes: ReadonlySet<string> = new Set<LiveFact['type']>([
  'lab',
  'machine',
  'decision',
  'leases-left',
  'deed',
  'lease-set',
  'lease-gone',
]);

/** What was seen, as a person would say it; undefined for what the panels show anyway, or only a program needs. Pure. */
export function seenInWords(seen: Seen): SeenInWords | undefined {
  const text = isLive(seen) ? liveWords(seen) : runWords(seen);
  return text === undefined ? undefined : { atMs: seen.atMs, text, tone: toneOf(seen) };
}

function isLive(seen: Seen): seen is LiveFact {
  return liveTypes.has(seen.type);
}

function runWords(seen: Exclude<Seen, LiveFact>): string | undefined {
  switch (seen.type) {
    // What is there at the first look did not happen then.
    case 'machine-present':
    case 'unit-target':
    case 'unit-state':
    case 'key-set':
      return seen.data.initial === true ? undefined : eventWords(seen);
    // Each of them would drown the rest: it is the page's heartbeat.
    case 'page-message':
      return undefined;
    case 'run':
      return `scenario ${seen.data.scenario} begins`;
    case 'verdict':
      return `verdict: ${seen.data.verdict}. ${seen.data.sentence ?? ''}`.trim();
    case 'mark':
      return `${seen.data.name}: ${seen.data.detail}`;
    case 'watch-unanswered':
      return `nobody answers: ${seen.data.error}`;
    case 'watch-answered':
      return 'answered again';
    case 'wait':
      return `waiting up to ${statedSeconds(seen.data.deadlineMs)}: ${seen.data.condition}`;
    default:
      return eventWords(seen);
  }
}

function liveWords(seen: LiveFact): string | undefined {
  switch (seen.type) {
    case 'lab':
      return `lab ${seen.data.name} is ${{ up: 'up', down: 'down', gone: 'destroyed' }[seen.data.state]}`;
    case 'deed':
      return seen.data.text;
    case 'lease-set':
      return seen.data.initial === true ? undefined : `flannel: ${seen.data.machine} has ${seen.data.subnet}`;
    case 'lease-gone':
      return `flannel: ${seen.data.machine} has ${seen.data.subnet} no more`;
    case 'machine':
    case 'decision':
    case 'leases-left':
      return undefined;
  }
}

function toneOf(seen: Seen): SeenInWords['tone'] {
  switch (seen.type) {
    case 'fault':
      return 'fault';
    case 'error':
    case 'machine-gone':
    case 'key-gone':
    case 'probe-failing':
    case 'page-disconnected':
    case 'watch-unanswered':
      return 'bad';
    case 'lab':
      return seen.data.state === 'up' ? 'good' : 'bad';
    case 'deed':
      return { begun: 'fault', done: 'good', failed: 'bad' }[seen.data.state] as SeenInWords['tone'];
    case 'verdict':
      return seen.data.verdict === 'pass' ? 'good' : 'bad';
    case 'machine-present':
    case 'fault-undone':
    case 'probe-ok':
    case 'watch-answered':
    case 'page-connected':
      return 'good';
    default:
      return 'plain';
  }
}
