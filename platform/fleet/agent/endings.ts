import type { ObservedUnit } from '../../systemd/driver.ts';
import type { DesiredUnit } from './desired.ts';

/**
 * Which run of a unit this agent is to end: one that it has told systemd to stop, or that was up when somebody said `stop` of a
 * unit that is only loaded. A later run of the same unit is systemd's own affair. An agent that starts anew knows of no such run:
 * it leaves alone what it did not start (what it started is remembered by the driver).
 */
export interface Endings {
  /** @param saidAt store revision of the unit's desired state; a new one for the same state says it again */
  heed(unit: DesiredUnit, saidAt: number | undefined): void;
  /** The agent tells systemd to stop this run. @param observed undefined when systemd did not say what runs */
  begin(unit: string, observed: ObservedUnit | undefined): void;
  /** Whether this run is one to end. */
  isEnding(unit: string, observed: ObservedUnit | undefined): boolean;
  /** Forgets every other unit. */
  retain(units: ReadonlySet<string>): void;
}

/** Of an agent that has seen nothing end yet. */
export function endings(): Endings {
  const said = new Map<string, number>();
  const asked = new Set<string>();
  const runs = new Map<string, string>();
  return {
    heed({ name, wanted }, saidAt) {
      const before = said.get(name);
      if (saidAt !== undefined) said.set(name, saidAt);
      if (wanted === 'launched') {
        asked.delete(name);
        runs.delete(name);
      } else if (before !== undefined && saidAt !== undefined && saidAt > before) asked.add(name);
    },
    begin(unit, observed) {
      if (observed !== undefined) runs.set(unit, observed.invocation);
    },
    isEnding(unit, observed) {
      if (observed === undefined) return false;
      if (asked.delete(unit)) runs.set(unit, observed.invocation);
      return runs.get(unit) === observed.invocation;
    },
    retain(units) {
      for (const map of [said, runs]) for (const unit of map.keys()) if (!units.has(unit)) map.delete(unit);
      for (const unit of asked) if (!units.has(unit)) asked.delete(unit);
    },
  };
}
