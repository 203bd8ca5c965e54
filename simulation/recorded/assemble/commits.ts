import { readHistory } from '#platform/fleet/registry/decision-history.ts';
import type { Change, HistoryEvent } from '../../history/event.ts';
import type { Recording, SeenCommit } from '../recording.ts';
import { authorOf, leaderAuthor, type Runs } from './authors.ts';

type Commit = Extract<HistoryEvent, { kind: 'commit' }>;

/** After the daemons that have written what is there. */
const firstMs = 1;
/** How late a member may tell of a commit, on a host that is busy, ms. */
const tellingMs = 500;

/**
 * etcd's revisions as commits: what each changed, who wrote it, and when. The order is etcd's own. etcd keeps no times: a commit is no later than the
 * first member told of it, and no earlier than its engine decided or its user asked; the earliest is taken, since an agent may hear of it before
 * the recorder does, and must not seem to act on what is not so yet. Pure.
 */
export function commitEvents(recording: Recording, runs: Runs): Commit[] {
  const { facts, start, commits } = recording;
  const values = new Map(start.keys);
  const first: Commit = {
    kind: 'commit',
    at: firstMs,
    revision: start.revision,
    author: leaderAuthor(values.get(facts.keys.leader), facts, runs, firstMs),
    changes: [...values].map(([key, after]) => ({ key, before: undefined, after })),
  };
  const times = timesOf(recording, runs);
  const others = commits.map(({ revision, writes }, index): Commit => {
    const changes = writes.map(({ key, after }): Change => ({ key, before: values.get(key), after }));
    for (const { key, after } of changes) {
      if (after === undefined) values.delete(key);
      else values.set(key, after);
    }
    const at = times[index] ?? firstMs;
    const author = authorOf({ changes, isThere: (key) => values.has(key), facts, runs, at });
    return { kind: 'commit', at, revision, author, changes };
  });
  return [first, ...others];
}

/** What is known of when a commit was made, ms. */
interface Bounds {
  /** Not before this. */
  readonly least: number;
  /** As early as it may well have been. */
  readonly likely: number;
}

/** In etcd's order: none is earlier than it can be, nor later than the next one may well have been. */
function timesOf(recording: Recording, runs: Runs): number[] {
  const bounds = recording.commits.map((commit) => boundsOf(commit, recording, runs));
  let next = Infinity;
  const likely = bounds.toReversed().map((one) => (next = Math.min(next, one.likely)));
  let before = firstMs;
  return likely.reverse().map((at, index) => (before = Math.max(before, at, bounds[index]?.least ?? 0)));
}

function boundsOf({ seenAt, writes }: SeenCommit, recording: Recording, runs: Runs): Bounds {
  const all = writes.map(({ key, after }) => boundsOfWrite(key, after, seenAt, recording, runs));
  const least = Math.max(...all.map((one) => one.least));
  return { least, likely: Math.max(least, Math.min(...all.map((one) => one.likely))) };
}

function boundsOfWrite(
  key: string,
  after: string | undefined,
  seenAt: number,
  recording: Recording,
  runs: Runs,
): Bounds {
  const { facts, deeds, beganAt } = recording;
  const { keys } = facts;
  const unknown = { least: 0, likely: seenAt };
  const machine = facts.machines.find(({ id }) => key === keys.machine(id));
  if (machine !== undefined && after !== undefined) {
    const up = (runs.get(machine.name) ?? []).findLast(({ is, at }) => is === 'up' && at < seenAt);
    return { least: (up?.at ?? 0) + 1, likely: seenAt };
  }
  const unit = keys.unitOf(key);
  if (unit === undefined || key.startsWith(keys.states)) return unknown;
  if (key === keys.job(unit).decisions) {
    const decidedAt = readHistory(after).at(-1)?.at;
    return decidedAt === undefined ? unknown : { least: decidedAt - beganAt, likely: decidedAt - beganAt };
  }
  const asked = deeds.findLast(
    (deed) =>
      deed.kind === 'operation' &&
      deed.is === 'asked' &&
      deed.at <= seenAt &&
      'unit' in deed.does &&
      deed.does.unit === unit,
  );
  return asked === undefined ? unknown : { least: 0, likely: Math.max(asked.at, seenAt - tellingMs) };
}
