import type { Machine } from '#platform/fleet/parts/model.ts';
import { globMatches } from '#platform/fleet/unit/glob.ts';
import type { TrueUnit, Truth } from './truth.ts';

/**
 * What [X-Fleet] forbids, as fleet's documentation says it ("Unit files and scheduling"): written anew here, so that a mistake in the engine's
 * own rules is not made twice. Each answers why not, in a few words, or undefined.
 */

/** MachineID= and MachineMetadata=: which machine. */
export function wrongMachine({ requirements }: TrueUnit, machine: Machine): string | undefined {
  const { machineId, metadata } = requirements;
  const isNamed = machineId === undefined || machineId === machine.id || machineId === machine.id.slice(0, 8);
  if (!isNamed) return `MachineID=${machineId}`;
  for (const [key, allowed] of metadata) {
    const has = new Map(Object.entries(machine.metadata)).get(key);
    if (has === undefined || !allowed.includes(has)) return `MachineMetadata=${key}=${allowed.join('|')}, not ${has}`;
  }
  return undefined;
}

/** Conflicts=: of either of the two. */
export function conflict(a: TrueUnit, b: TrueUnit): string | undefined {
  if (a.name === b.name) return undefined;
  const mine = a.requirements.conflicts.find((glob) => globMatches(glob, b.name));
  if (mine !== undefined) return `Conflicts=${mine} of ${a.name} means ${b.name}`;
  const theirs = b.requirements.conflicts.find((glob) => globMatches(glob, a.name));
  return theirs === undefined ? undefined : `Conflicts=${theirs} of ${b.name} means ${a.name}`;
}

/** Replaces=: of the other one, which drives this one away. */
export function replacedBy(unit: TrueUnit, other: TrueUnit): string | undefined {
  if (unit.name === other.name) return undefined;
  const glob = other.requirements.replaces.find((one) => globMatches(one, unit.name));
  return glob === undefined ? undefined : `Replaces=${glob} of ${other.name} means ${unit.name}`;
}

/** Why two units must not run side by side, whoever of them has to go. */
export function notBeside(a: TrueUnit, b: TrueUnit): string | undefined {
  return conflict(a, b) ?? replacedBy(a, b) ?? replacedBy(b, a);
}

/** A unit that MachineOf= names and that is not on a machine. */
export interface MissingPeer {
  readonly name: string;
  /** False of a global one that may have to give way to what is scheduled there. */
  readonly isSure: boolean;
}

/** MachineOf=: the first named unit that is not there, or may not be. */
export function missingPeer(unit: TrueUnit, machine: Machine, truth: Truth): MissingPeer | undefined {
  for (const name of unit.requirements.machineOf) {
    const peer = truth.units.get(name);
    const isGlobal = peer?.requirements.global === true;
    if (peer === undefined || peer.desired === 'inactive') return { name, isSure: true };
    if (!isGlobal && peer.target !== machine.id) return { name, isSure: true };
    if (isGlobal && wrongMachine(peer, machine) !== undefined) return { name, isSure: true };
    const beside = [unit, ...truth.scheduledTo(machine.id), ...truth.globals()];
    if (isGlobal && beside.some((other) => notBeside(peer, other) !== undefined)) return { name, isSure: false };
  }
  return undefined;
}

/** Why a unit that etcd has on a machine may not stay there, for sure or perhaps; undefined when it may. */
export function mayNotStay(
  unit: TrueUnit,
  truth: Truth,
): { readonly why: string; readonly isSure: boolean } | undefined {
  const sure = (why: string) => ({ why, isSure: true });
  if (unit.target === undefined) return undefined;
  if (unit.desired === 'inactive') return sure('it is not wanted');
  if (unit.requirements.global) return sure('it is global');
  const machine = truth.machine(unit.target);
  if (machine === undefined) return sure('its machine is gone');
  const wrong = wrongMachine(unit, machine);
  if (wrong !== undefined) return sure(wrong);
  for (const other of truth.scheduledTo(machine.id)) {
    const why = conflict(unit, other) ?? replacedBy(unit, other);
    if (why !== undefined) return sure(why);
  }
  const peer = missingPeer(unit, machine, truth);
  if (peer !== undefined) return { why: `MachineOf=${peer.name}, which is not there`, isSure: peer.isSure };
  // Of units that replace each other in a circle either may go.
  const mine = truth.scheduledTo(machine.id).find((other) => replacedBy(other, unit) !== undefined);
  return mine === undefined ? undefined : { why: `it replaces ${mine.name}`, isSure: false };
}
