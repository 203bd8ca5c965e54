import type { Checker } from './checker.ts';
import { scheduleChanges } from './schedule-changes.ts';

/** Only the engine that leads at that moment changes the schedule: a deposed one, or one whose message comes late, changes nothing. */
export function leaderOnly(): Checker {
  let leader: string | undefined;
  return {
    name: 'leader-only',
    see(event, truth) {
      if (event.kind !== 'commit') return undefined;
      const [first] = scheduleChanges(event, truth);
      const before = leader;
      leader = truth.leaderAuthor;
      if (first === undefined || event.author === before) return undefined;
      return `${event.author} changes the schedule of ${first.unit}, while ${before ?? 'nobody'} leads`;
    },
  };
}
