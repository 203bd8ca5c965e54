import type { Checker } from './checker.ts';
import { notBeside } from './constraints.ts';

/** A unit does not begin to run on a machine while another one runs there, or is ending yet, that must not be beside it. */
export function runningTogether(): Checker {
  return {
    name: 'running-together',
    see(event, truth) {
      if (event.kind !== 'unit' || event.active !== 'activating') return undefined;
      const unit = truth.units.get(event.unit);
      if (unit === undefined || unit.hash !== event.hash) return undefined;
      for (const [name, run] of truth.runsOn(event.machine)) {
        const other = truth.units.get(name);
        if (other === undefined || other.hash !== run.hash) continue;
        const why = notBeside(unit, other);
        if (why !== undefined) return `${unit.name} starts on ${event.machine} beside ${name} (${run.active}): ${why}`;
      }
      return undefined;
    },
  };
}
