import type { HistoryEvent } from '../history/event.ts';
import type { Truth } from './truth.ts';

/** A unit that a commit puts on another machine, or takes from one. Machine ids; undefined: none. */
export interface ScheduleChange {
  readonly unit: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What a commit changes of the schedule. A unit that is destroyed goes with its place: that is no decision. */
export function scheduleChanges(commit: Extract<HistoryEvent, { kind: 'commit' }>, truth: Truth): ScheduleChange[] {
  const { keys } = truth.facts;
  return commit.changes.flatMap(({ key, before, after }) => {
    if (!key.startsWith(keys.jobs) || before === after) return [];
    const [unit = '', part] = key.slice(keys.jobs.length).split('/');
    const isDestroyed = after === undefined && !truth.keys.has(keys.job(unit).object);
    return part === 'target' && !isDestroyed ? [{ unit, from: before, to: after }] : [];
  });
}
