import { globMatches, isLiteral } from '../unit/glob.ts';
import type { Machine } from '../parts/model.ts';
import type { Placeable } from '../unit/requirements.ts';
import { staticProblem } from './can-run.ts';
import { repels } from './conflicts.ts';
import type { Occupancy } from './occupancy.ts';

/**
 * What runs where while a pass places units, with what is asked of it thousands of times kept up to date: is a machine able to take
 * a unit, and how loaded is it? `isAble` says the same as `whyNot` without looking at every unit of the machine.
 */
export interface Placed {
  readonly occupancy: Occupancy;
  /** Whether the machine may take the unit, with what is there now and was placed in this pass. */
  isAble(unit: Placeable, machine: Machine): boolean;
  /** As `isAble`, except that these peers count as present: they would come along. */
  isAbleWith(unit: Placeable, machine: Machine, coming: ReadonlySet<string>): boolean;
  /** Units on the machine, and followers without a place whose principal is there: they will go where it is. */
  loadOf(machine: Machine): number;
  /** Counts the unit as being on the machine, in this pass. */
  place(unit: Placeable, machineId: string): void;
}

/**
 * @param occupancy what is on each machine at first; changed by `place`
 * @param units all units, for followers
 */
export function placedOn(occupancy: Occupancy, units: readonly Placeable[]): Placed {
  const followersOf = new Map<string, Placeable[]>();
  for (const unit of units) {
    for (const peer of new Set(unit.requirements.machineOf))
      followersOf.set(peer, [...(followersOf.get(peer) ?? []), unit]);
  }
  const repellers = new Map<string, Placeable[]>();
  const placed = new Set([...occupancy.values()].flatMap((on) => [...on.keys()]));
  /** Follower without a place -> machines where a peer of it is. */
  const expected = new Map<string, Set<string>>();
  const coming = new Map<string, number>();
  const add = (machineId: string, n: number): void => void coming.set(machineId, (coming.get(machineId) ?? 0) + n);

  const arrive = (unit: Placeable, machineId: string): void => {
    if (unit.requirements.conflicts.length > 0 || unit.requirements.replaces.length > 0) {
      const here = repellers.get(machineId);
      if (here === undefined) repellers.set(machineId, [unit]);
      else here.push(unit);
    }
    for (const follower of followersOf.get(unit.name) ?? []) {
      if (placed.has(follower.name)) continue;
      const at = expected.get(follower.name) ?? new Set<string>();
      expected.set(follower.name, at);
      if (!at.has(machineId)) add(machineId, 1);
      at.add(machineId);
    }
  };
  for (const [machineId, on] of occupancy) for (const unit of on.values()) arrive(unit, machineId);

  const isRepelled = (unit: Placeable, machineId: string): boolean => {
    const on = occupancy.get(machineId);
    const mine = unit.requirements.conflicts.some((glob) => {
      if (isLiteral(glob)) return glob !== unit.name && on?.has(glob) === true;
      for (const other of on?.keys() ?? []) if (other !== unit.name && globMatches(glob, other)) return true;
      return false;
    });
    return mine || (repellers.get(machineId) ?? []).some((other) => repels(other, unit));
  };
  const isAbleWith = (unit: Placeable, machine: Machine, alongside: ReadonlySet<string>): boolean => {
    const on = occupancy.get(machine.id);
    return (
      unit.requirements.machineOf.every((peer) => alongside.has(peer) || on?.has(peer) === true) &&
      staticProblem(unit, machine) === undefined &&
      !isRepelled(unit, machine.id)
    );
  };
  const nobody: ReadonlySet<string> = new Set();
  return {
    occupancy,
    isAbleWith,
    isAble: (unit, machine) => isAbleWith(unit, machine, nobody),
    loadOf: (machine) => (occupancy.get(machine.id)?.size ?? 0) + (coming.get(machine.id) ?? 0),
    place(unit, machineId) {
      occupancy.get(machineId)?.set(unit.name, unit);
      placed.add(unit.name);
      for (const at of expected.get(unit.name) ?? []) add(at, -1);
      expected.delete(unit.name);
      arrive(unit, machineId);
    },
  };
}
