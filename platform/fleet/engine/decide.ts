import { whyNot, type Placeable } from './can-run.ts';
import { evictions } from './keep.ts';
import { describeMachine, type Decision, type EngineUnit, type Machine, type Snapshot } from './model.ts';
import { globalsFor, type Occupancy } from './occupancy.ts';
import { byNameOrder, machineOfCircle, principalsFirst } from './order.ts';

/**
 * One scheduling pass, pure: what has to change so that every wanted unit is on a machine that may run it.
 * Least-loaded machine first (global units and followers that are to come count), ties by machine id; followers are placed in the same pass as their
 * MachineOf target. Applying the decisions and asking again yields none.
 */
export function decide(snapshot: Snapshot): Decision[] {
  const ordered = principalsFirst(snapshot.units);
  const byName = new Map<string, Placeable>(ordered.map((u) => [u.name, u]));
  const evicted = evictions(snapshot, ordered);
  const occupancy = occupy(snapshot, evicted);
  const decisions: Decision[] = [];
  const stuck: EngineUnit[] = [];
  // A follower that is not placed yet will go where its principal is: it counts there already, or principals would crowd.
  const loadOf = (on: ReadonlyMap<string, Placeable>): number => {
    const coming = ordered.filter((u) => !isPlaced(u.name) && u.requirements.machineOf.some((peer) => on.has(peer)));
    return on.size + coming.length;
  };
  const isPlaced = (name: string): boolean => [...occupancy.values()].some((on) => on.has(name));
  for (const unit of ordered) {
    const { name, target: from } = unit;
    const left = evicted.get(name);
    if (unit.desired === 'inactive' || unit.requirements.global) {
      if (from !== undefined) decisions.push({ kind: 'evict', unit: name, from, reason: left ?? 'not wanted' });
      else if (unit.blocked)
        decisions.push({ kind: 'unblock', unit: name, reason: 'the engine no longer has to place it' });
      continue;
    }
    if (from !== undefined && left === undefined) {
      if (unit.blocked) decisions.push({ kind: 'unblock', unit: name, reason: 'it is scheduled' });
      continue;
    }
    const choice = choose(unit, snapshot.machines, occupancy, loadOf);
    if (choice === undefined || machineOfCircle(unit, byName) !== undefined) {
      stuck.push(unit);
      continue;
    }
    occupancy.get(choice.machine.id)?.set(name, unit);
    const to = choice.machine.id;
    if (from === undefined) decisions.push({ kind: 'place', unit: name, to, reason: choice.reason });
    else if (from !== to)
      decisions.push({ kind: 'move', unit: name, from, to, reason: `${left ?? ''}; ${choice.reason}` });
  }
  // Reasons are taken from the finished schedule: taken half way, they would be others in the next pass.
  for (const unit of stuck) {
    const blocked = whyNowhere(unit, snapshot.machines, occupancy, machineOfCircle(unit, byName));
    if (unit.target !== undefined) {
      decisions.push({
        kind: 'evict',
        unit: unit.name,
        from: unit.target,
        reason: evicted.get(unit.name) ?? '',
        blocked,
      });
    } else if (!sameLines(unit.blocked, blocked)) {
      decisions.push({ kind: 'block', unit: unit.name, reason: blocked.join('; '), blocked });
    }
  }
  return decisions;
}

/** The able machine with the fewest units (the lowest id among equals) and why it was chosen. */
function choose(
  unit: EngineUnit,
  machines: readonly Machine[],
  occupancy: Occupancy,
  loadOf: (on: ReadonlyMap<string, Placeable>) => number,
): { machine: Machine; reason: string } | undefined {
  const on = (m: Machine): ReadonlyMap<string, Placeable> => occupancy.get(m.id) ?? new Map<string, Placeable>();
  const able = machines.filter((m) => whyNot(unit, m, on(m).values()) === undefined);
  const [machine] = able.toSorted((a, b) => loadOf(on(a)) - loadOf(on(b)) || (a.id < b.id ? -1 : 1));
  if (machine === undefined) return undefined;
  const peers = unit.requirements.machineOf;
  const loads = able.map((m) => `${m.name}:${loadOf(on(m))}`).join(' ');
  const spread = able.length === 1 ? 'the only able machine' : `least loaded of ${able.length} able (units ${loads})`;
  const why = peers.length > 0 ? `MachineOf ${peers.join(', ')}` : spread;
  return { machine, reason: `${describeMachine(machine)}: ${why}` };
}

function whyNowhere(
  unit: EngineUnit,
  machines: readonly Machine[],
  occupancy: Occupancy,
  circle: string | undefined,
): string[] {
  if (circle !== undefined) return [`MachineOf goes in a circle: ${circle}`];
  if (machines.length === 0) return ['no machine is present'];
  return machines
    .toSorted((a, b) => (a.name < b.name || (a.name === b.name && a.id < b.id) ? -1 : 1))
    .map((m) => whyNot(unit, m, [...(occupancy.get(m.id)?.values() ?? [])].sort(byNameOrder)))
    .filter((line) => line !== undefined);
}

function occupy(snapshot: Snapshot, evicted: ReadonlyMap<string, string>): Occupancy {
  const globals = snapshot.units.filter((u) => u.requirements.global && u.desired !== 'inactive');
  return new Map(
    snapshot.machines.map((machine) => {
      const kept = snapshot.units.filter((u) => u.target === machine.id && !evicted.has(u.name));
      return [machine.id, new Map([...kept, ...globalsFor(machine, globals, kept)].map((u) => [u.name, u]))];
    }),
  );
}

function sameLines(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((line, i) => line === b[i]);
}
