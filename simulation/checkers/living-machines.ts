import type { Checker } from './checker.ts';
import { scheduleChanges } from './schedule-changes.ts';

/** Nothing is scheduled to a machine that holds no lease. */
export function livingMachines(): Checker {
  return {
    name: 'living-machines',
    see(event, truth) {
      if (event.kind !== 'commit') return undefined;
      for (const { unit, to } of scheduleChanges(event, truth)) {
        if (to !== undefined && truth.machine(to) === undefined)
          return `${event.author} puts ${unit} on ${truth.nameOf(to)}, which holds no lease`;
      }
      return undefined;
    },
  };
}
