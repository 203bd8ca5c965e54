import { describeMachine, type Machine } from '../parts/model.ts';
import type { Placeable } from '../unit/requirements.ts';
import { conflictProblem } from './conflicts.ts';

/**
 * Why `unit` cannot run on `machine` beside `others` (what runs or will run there), as one line that starts with the machine;
 * undefined when it can. Everything that decides about placement is here or in
 * conflicts.ts, so that the reason is never lost.
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

/** MachineOf: every unit named is on this machine. */
export function peerProblem(unit: Placeable, machine: Machine, present: ReadonlySet<string>): string | undefined {
  const missing = unit.requirements.machineOf.find((peer) => !present.has(peer));
  return missing === undefined
    ? undefined
    : `${describeMachine(machine)} does not run ${missing}, which MachineOf asks for`;
}
