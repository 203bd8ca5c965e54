import type { Guide, Step } from '../form/guide-form.ts';
import type { Observed } from '../conditions/observed.ts';

/** How the lab gets to where a step begins. */
export interface GotoPlan {
  /** The lab is thrown away first. */
  readonly anew: boolean;
  /** Steps whose commands are typed, in order. */
  readonly steps: readonly Step[];
  /** Why this way, for the reader. */
  readonly why: string;
}

/**
 * The shortest way to where the step with this index begins: the state that the step before it ends in. What cannot be continued
 * from (the step is done already and nothing on the way undoes it, units of later steps are there) begins from nothing. Pure.
 * @param held does the check of this step hold now?
 */
export function planGoto(
  guide: Pick<Guide, 'steps'>,
  target: number,
  seen: Pick<Observed, 'units' | 'machines'>,
  held: (step: Step) => boolean,
): GotoPlan {
  const before = guide.steps.slice(0, target);
  const step = guide.steps[target];
  if (step === undefined) return { anew: false, steps: [], why: 'there is no such step' };
  const disks = seen.machines.some(({ state }) => state !== 'absent');
  const fromNothing = (why: string): GotoPlan => ({ anew: disks, steps: before, why });
  if (!disks) return fromNothing('there is no machine yet');
  if (before.length === 0) return fromNothing('the first step begins with nothing');
  const last = before.findLastIndex(held);
  // A machine that is to come back is back already where none was halted: the step before halts one.
  if (held(step) && last === before.length - 1) return fromNothing(`step ${step.number} is done already`);
  const left = laterUnits(guide, target, seen);
  if (left.length > 0) return fromNothing(`units of later steps are there: ${left.join(', ')}`);
  const done = before[last];
  if (done === undefined) return fromNothing('no earlier step is as its check wants it');
  return { anew: false, steps: before.slice(last + 1), why: `step ${done.number} (${done.id}) is done` };
}

/** Units there that only steps from this one on are about. */
function laterUnits(guide: Pick<Guide, 'steps'>, target: number, { units = [] }: Pick<Observed, 'units'>): string[] {
  const earlier = new Set(guide.steps.slice(0, target).flatMap(unitsOf));
  const later = new Set(guide.steps.slice(target).flatMap(unitsOf));
  return units.map(({ name }) => name).filter((name) => later.has(name) && !earlier.has(name));
}

function unitsOf({ check }: Step): string[] {
  return check.flatMap((one) => ('units' in one ? one.units : 'unit' in one ? [one.unit] : []));
}
