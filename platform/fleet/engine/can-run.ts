import { globMatches } from '../unit/glob.ts';
import type { Requirements } from '../unit/requirements.ts';
import { describeMachine, type Machine } from '../parts/model.ts';

/** The part of a unit that placement rules look at. */
export interface Placeable {
  readonly name: string;
  readonly requirements: Requirements;
}

/**
 * Why `unit` cannot run on `machine` beside `others` (what runs or will run there), as one line that starts with the machine;
 * undefined when it can. Everything that decides about placement is in this one place, so that the reason is never lost.
 */
export function whyNot(unit: Placeable, machine: Machine, others: Iterable<Placeable>): string | undefined {
  const present = [...others];
  return (
    staticProblem(unit, machine) ??
    conflictProblem(unit, machine, present) ??
    peerProblem(unit, machine, new Set(present.map((o) => o.name)))
  );
}

/** Rules about the machine itself: MachineID and MachineMetadata. */
export function staticProblem(unit: Placeable, machine: Machine): string | undefined {
  const { machineId, metadata } = unit.requirements;
  if (machineId !== undefined && machineId !== machine.id && machineId !== machine.id.slice(0, 8)) {
    return `${describeMachine(machine)} is not the machine ${machineId} that MachineID asks for`;
  }
  for (const [key, wanted] of metadata) {
    const actual = Object.hasOwn(machine.metadata, key) ? machine.metadata[key] : undefined;
    if (actual !== undefined && wanted.includes(actual)) continue;
    const has = actual === undefined || actual === '' ? `has no metadata ${key}` : `has metadata ${key}=${actual}`;
    return `${describeMachine(machine)} ${has}, MachineMetadata asks for ${wanted.map((v) => `${key}=${v}`).join(' or ')}`;
  }
  return undefined;
}

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

/** MachineOf: every unit named is on this machine. */
export function peerProblem(unit: Placeable, machine: Machine, present: ReadonlySet<string>): string | undefined {
  const missing = unit.requirements.machineOf.find((peer) => !present.has(peer));
  return missing === undefined
    ? undefined
    : `${describeMachine(machine)} does not run ${missing}, which MachineOf asks for`;
}
