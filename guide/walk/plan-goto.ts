import type { Guide, Step } from '../form/guide-form.ts';
import type { Observed } from '../conditions/observed.ts';

/** How the lab gets to where a step begins. */
export interface GotoPlan {
  /** What is on the machines is thrown away first. */
  readonly anew: boolean;
  /** The step whose snapshot the lab is made of then; undefined: it is made of nothing. */
  readonly from?: Step;
  /** Steps whose commands are typed, in order. */
  readonly steps: readonly Step[];
  /** Why this way, for the reader. */
  readonly why: string;
}

/**
 * The shortest way to where the step with this index begins: the state that the step before it ends in. What cannot be continued
 * from (the step is done already and nothing on the way undoes it, units of later steps are there) begins from nothing. Pure.
 * @param held does the check of this step hold now?
 * @param isKept is there a snapshot of the lab as this step begins? The last one on the way saves the steps before it.
 */
export function planGoto(
  guide: Pick<Guide, 'steps'>,
  target: number,
  seen: Pick<Observed, 'units' | 'machines'>,
  held: (step: Step) => boolean,
  isKept: (step: Step) => boolean = () => false,
): GotoPlan {
  const before = guide.steps.slice(0, target);
  const step = guide.steps[target];
  if (step === undefined) return { anew: false, steps: [], why: 'there is no such step' };
  const disks = seen.machines.some(({ state }) => state !== 'absent');
  const saved = disks ? guide.steps.slice(0, target + 1).findLast(isKept) : undefined;
  const fromNothing = (why: string): GotoPlan =>
    saved === undefined
      ? { anew: disks, steps: before, why }
      : { anew: true, from: saved, steps: before.slice(saved.number - 1), why };
  if (!disks) return fromNothing('there is no machine yet');
  if (before.length === 0) return fromNothing('the first step begins with nothing');
  const last = before.findLastIndex(held);
  // A machine that is to come back is back already where none was halted: the step before halts one.
  if (held(step) && last === before.length - 1) return fromNothing(`step ${step.number} is done already`);
  const left = laterUnits(guide, target, seen);
  if (left.length > 0) return fromNothing(`units of later steps are there: ${left.join(', ')}`);
  if (last < 0) return fromNothing('no earlier step is as its check wants it');
  const done = before[last];
  return { anew: false, steps: before.slice(last + 1), why: `step ${done?.number ?? 0} (${done?.id ?? ''}) is done` };
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
