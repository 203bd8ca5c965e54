import type { Machine } from '#platform/fleet/parts/model.ts';
import type { Checker } from './checker.ts';
import { conflict, missingPeer, replacedBy, wrongMachine } from './constraints.ts';
import { scheduleChanges } from './schedule-changes.ts';
import type { TrueUnit, Truth } from './truth.ts';

/**
 * MachineID, MachineMetadata, Conflicts, Replaces and MachineOf hold wherever the engine puts a unit, among all that is scheduled there then. What users said a moment ago,
 * so that the engine could not know of it, is excused; what engines themselves wrote never is.
 */
export function placement(): Checker {
  return {
    name: 'placement',
    see(event, truth) {
      if (event.kind !== 'commit') return undefined;
      const [, author = ''] = event.author.split(' ');
      const knownFrom = truth.freshness.pictureSince(author);
      for (const { unit: name, to } of scheduleChanges(event, truth)) {
        const [unit, machine] = [truth.units.get(name), to === undefined ? undefined : truth.machine(to)];
        if (unit === undefined || machine === undefined) continue;
        const problem = problemOf(unit, machine, truth, knownFrom);
        if (problem !== undefined) return `${event.author} puts ${name} on ${truth.nameOf(machine.id)}: ${problem}`;
      }
      return undefined;
    },
  };
}

/** @param knownFrom what became another after this, ms, the engine need not have known */
function problemOf(unit: TrueUnit, machine: Machine, truth: Truth, knownFrom: number): string | undefined {
  if (unit.changedAt > knownFrom) return undefined;
  const wrong = truth.machineChangedAt(machine.id) > knownFrom ? undefined : wrongMachine(unit, machine);
  if (wrong !== undefined) return wrong;
  for (const other of truth.scheduledTo(machine.id)) {
    if (other.changedAt > knownFrom || other.desired === 'inactive') continue;
    const why = conflict(unit, other) ?? replacedBy(unit, other);
    if (why !== undefined) return why;
  }
  const missing = missingPeer(unit, machine, truth);
  const peer = missing?.isSure === true ? truth.units.get(missing.name) : undefined;
  // One that was destroyed may have been there a moment ago.
  return peer === undefined || peer.changedAt > knownFrom ? undefined : `MachineOf=${peer.name}, which is not there`;
}
