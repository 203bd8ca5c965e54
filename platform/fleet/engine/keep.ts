import type { Placeable } from '../unit/requirements.ts';
import { peerProblem, staticProblem } from './can-run.ts';
import { conflictProblem, replaces } from './conflicts.ts';
import { describeMachine, shortId, type EngineUnit, type Machine, type Snapshot } from '../parts/model.ts';
import { globalsFor } from './occupancy.ts';

/**
 * Which scheduled units have to leave their machine, and why. A unit stays unless it is not wanted, its machine is gone or
 * one of its own requirements no longer holds: nothing moves that need not move.
 * @param ordered all units, MachineOf targets before their followers
 * @returns unit name -> reason
 */
export function evictions(snapshot: Snapshot, ordered: readonly EngineUnit[]): Map<string, string> {
  const machines = new Map(snapshot.machines.map((m) => [m.id, m]));
  const evicted = new Map<string, string>();
  const scheduled = ordered.filter(isScheduled);
  for (const unit of scheduled) {
    const reason = aloneReason(unit, unit.target, machines, snapshot);
    if (reason !== undefined) evicted.set(unit.name, reason);
  }
  evictFollowers(snapshot, scheduled, evicted);
  const kept = new Map<string, Placeable[]>();
  for (const unit of scheduled) {
    const machine = machines.get(unit.target);
    if (evicted.has(unit.name) || machine === undefined) continue;
    const here = kept.get(machine.id) ?? [];
    const problem = conflictProblem(unit, machine, here);
    if (problem !== undefined) {
      evicted.set(unit.name, problem);
      continue;
    }
    const replaced = new Set(here.filter((other) => replaces(unit, other)));
    for (const { name } of replaced) evicted.set(name, `${unit.name} replaces it on ${describeMachine(machine)}`);
    kept.set(machine.id, [...here.filter((other) => !replaced.has(other)), unit]);
  }
  evictFollowers(snapshot, scheduled, evicted);
  return evicted;
}

type ScheduledUnit = EngineUnit & { readonly target: string };

function isScheduled(unit: EngineUnit): unit is ScheduledUnit {
  return unit.target !== undefined;
}

function aloneReason(
  unit: EngineUnit,
  target: string,
  machines: ReadonlyMap<string, Machine>,
  { missingMachinesAreDead, unreadableMachines }: Snapshot,
): string | undefined {
  if (unit.desired === 'inactive') return 'its desired state is inactive';
  if (unit.requirements.global) return 'it is a global unit now';
  const machine = machines.get(target);
  if (machine !== undefined) return staticProblem(unit, machine);
  const isDead = missingMachinesAreDead && unreadableMachines?.has(target) !== true;
  return isDead ? `machine ${shortId(target)} is gone` : undefined;
}

/** One sweep is enough: `scheduled` has every MachineOf target before its followers (a circle is caught on the way round). */
function evictFollowers(snapshot: Snapshot, scheduled: readonly ScheduledUnit[], evicted: Map<string, string>): void {
  const globals = snapshot.units.filter((u) => u.requirements.global && u.desired !== 'inactive');
  const machines = new Map(snapshot.machines.map((m) => [m.id, m]));
  const present = new Map<string, Set<string>>();
  for (const machine of snapshot.machines) {
    const kept = scheduled.filter((u) => u.target === machine.id && !evicted.has(u.name));
    present.set(machine.id, new Set([...kept, ...globalsFor(machine, globals, kept)].map((u) => u.name)));
  }
  for (const unit of scheduled) {
    const machine = machines.get(unit.target);
    if (machine === undefined || evicted.has(unit.name)) continue;
    const here = present.get(machine.id) ?? new Set<string>();
    const problem = peerProblem(unit, machine, here);
    if (problem === undefined) continue;
    evicted.set(unit.name, problem);
    here.delete(unit.name);
  }
}
