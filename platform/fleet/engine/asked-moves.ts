import { peerProblem, staticProblem } from './can-run.ts';
import { conflictProblem, replaces } from './conflicts.ts';
import type { Decision, EngineUnit, Machine, Snapshot } from '../parts/model.ts';
import { globalsFor } from './occupancy.ts';

/**
 * What becomes of moves that somebody has asked for, on a schedule in which nothing else is to be done: units that are asked to the same machine go together,
 * or, when one of them may not be there or would be missed where it is, none of them. Pure.
 */
export function askedMoves(snapshot: Snapshot): Decision[] {
  const groups = new Map<string, EngineUnit[]>();
  for (const unit of snapshot.units)
    if (unit.moveTo !== undefined) groups.set(unit.moveTo, [...(groups.get(unit.moveTo) ?? []), unit]);
  // One group in a pass: what the next one finds is another schedule.
  const [first] = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  if (first === undefined) return [];
  const [to, group] = first;
  const problem = whyStay(group, to, snapshot);
  return group.map(({ name, target }): Decision => {
    if (problem !== undefined || target === undefined)
      return { kind: 'stay', unit: name, reason: problem ?? 'it is nowhere' };
    return { kind: 'move', unit: name, from: target, to, reason: 'asked for by fleetctl rebalance' };
  });
}

function whyStay(group: readonly EngineUnit[], to: string, { units, machines }: Snapshot): string | undefined {
  const machine = machines.find((m) => m.id === to);
  if (machine === undefined) return 'the machine that it was to move to is gone';
  const names = new Set(group.map((u) => u.name));
  const missed = units.find(
    (u) => !names.has(u.name) && u.target !== undefined && u.requirements.machineOf.some((peer) => names.has(peer)),
  );
  if (missed !== undefined) return `${missed.name} follows it by MachineOf, and was not asked along`;
  const there = besideThose(machine, units);
  const present = new Set([...names, ...there.map((u) => u.name)]);
  for (const unit of group) {
    if (unit.target === undefined || unit.requirements.global || unit.desired === 'inactive')
      return 'it is not scheduled';
    if (unit.target === to) return 'it is there already';
    const replaced = there.find((other) => replaces(unit, other));
    const problem =
      staticProblem(unit, machine) ??
      conflictProblem(unit, machine, there) ??
      peerProblem(unit, machine, present) ??
      (replaced && `it would replace ${replaced.name} there`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function besideThose(machine: Machine, units: readonly EngineUnit[]): EngineUnit[] {
  const scheduled = units.filter((u) => u.target === machine.id);
  return [
    ...scheduled,
    ...globalsFor(
      machine,
      units.filter((u) => u.requirements.global && u.desired !== 'inactive'),
      scheduled,
    ),
  ];
}
