import { describeMachine, type Machine } from '../parts/model.ts';
import { globMatches } from '../unit/glob.ts';
import type { Placeable } from '../unit/requirements.ts';

/**
 * Conflicts holds both ways: a unit that is placed already repels too. Replaces holds one way: who is replaced cannot be where its replacer is.
 * A unit never conflicts with itself.
 */
export function conflictProblem(unit: Placeable, machine: Machine, others: readonly Placeable[]): string | undefined {
  for (const other of others) {
    if (other.name === unit.name) continue;
    const mine = unit.requirements.conflicts.find((glob) => globMatches(glob, other.name));
    if (mine !== undefined) {
      return `${describeMachine(machine)} runs ${other.name}, which conflicts with ${mine}`;
    }
    const theirs = other.requirements.conflicts.find((glob) => globMatches(glob, unit.name));
    if (theirs !== undefined) {
      return `${describeMachine(machine)} runs ${other.name}, which refuses ${theirs} beside it`;
    }
    if (replaces(other, unit)) return `${describeMachine(machine)} runs ${other.name}, which replaces it there`;
  }
  return undefined;
}

/** Does `unit` drive `other` off its machine by its Replaces? */
export function replaces(unit: Placeable, other: Placeable): boolean {
  return unit.name !== other.name && unit.requirements.replaces.some((glob) => globMatches(glob, other.name));
}

/** Does `unit` keep `other` off its machine by its own Conflicts or Replaces? */
export function repels(unit: Placeable, other: Placeable): boolean {
  const conflicts = unit.requirements.conflicts.some((glob) => globMatches(glob, other.name));
  return unit.name !== other.name && (conflicts || replaces(unit, other));
}
