import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { Judge, type Violation } from '../checkers/judge.ts';
import { eventText } from '../history/event-text.ts';
import type { HistoryEvent } from '../history/event.ts';
import { concerns } from '../history/concerns.ts';
import type { RecordedHistory } from './history-file.ts';

/** What a recorded history came to. */
export interface Judgement {
  /** The first, with every event up to it. */
  readonly violation: Violation | undefined;
  readonly seconds: number;
  readonly faults: number;
  readonly operations: number;
  readonly commits: number;
  /** Units that began, ended, and what is between. */
  readonly turns: number;
  /** From calm until all was as it is wanted, and stayed so, s; undefined: it did not. */
  readonly settledAfterSeconds: number | undefined;
}

/** Judges a history by the very checkers that judge a simulation. Pure. */
export function judgeHistory({ events, machines, ttlSeconds, prefix, fence }: RecordedHistory): Judgement {
  const judge = new Judge({ keys: fleetKeys(prefix), machines, ttlSeconds }, fence);
  const count = (is: (event: HistoryEvent) => boolean): number => events.filter(is).length;
  let calmAt: number | undefined;
  let settledAt: number | undefined;
  for (const event of events) {
    judge.see(event);
    if (event.kind === 'calm') calmAt = event.at;
    if (calmAt !== undefined) settledAt = judge.missing() === undefined ? (settledAt ?? event.at) : undefined;
    if (judge.violation !== undefined) break;
  }
  const settledMs = calmAt === undefined || settledAt === undefined ? undefined : settledAt - calmAt;
  return {
    violation: judge.violation,
    seconds: (events.at(-1)?.at ?? 0) / 1000,
    faults: count((event) => event.kind === 'fault' && event.is === 'begun'),
    operations: count((event) => event.kind === 'operation' && event.is === 'asked'),
    commits: count((event) => event.kind === 'commit'),
    turns: count((event) => event.kind === 'unit'),
    settledAfterSeconds: settledMs === undefined ? undefined : settledMs / 1000,
  };
}

/** Lines that are shown, the last ones before the violation. */
const mostLines = 60;

/** What has to do with a violation, for a person: the end of the history, by the names of machines. */
export function violationText({ events, machines }: RecordedHistory, violation: Violation): string {
  const told = events.filter((event) => event.at <= violation.at && concerns(event, violation.what)).map(eventText);
  const lines = [
    'what happens (s):',
    ...(told.length > mostLines ? [`  … ${told.length - mostLines} lines before`] : []),
    ...told.slice(-mostLines),
    `${violation.checker}: ${violation.what}`,
  ];
  return machines.reduce((text, { id, name }) => text.replaceAll(id, name), lines.join('\n'));
}
