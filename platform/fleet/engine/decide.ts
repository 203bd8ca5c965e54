import { applied, changesBetween } from './applied.ts';
import { askedMoves } from './asked-moves.ts';
import type { Placeable } from '../unit/requirements.ts';
import { whyNot } from './can-run.ts';
import { evictions } from './keep.ts';
import { type Decision, type EngineUnit, type Machine, type Snapshot } from '../parts/model.ts';
import { globalsFor, type Occupancy } from './occupancy.ts';
import { byNameOrder, machineOfCircle, principalsFirst } from './order.ts';
import { placeAll } from './place-all.ts';
import { withoutCircles } from './replacing.ts';

/**
 * One scheduling pass, pure: what has to change so that every wanted unit is on a machine that may run it. Who stays is `evictions`,
 * who goes where `placeAll`. A unit that is scheduled stays, whether it runs yet or not: its agent may be starting it this very moment.
 * Followers are placed in the same pass as their MachineOf target, and who is replaced leaves in it. Applying the decisions and asking again yields none.
 */
export function decide(snapshot: Snapshot): Decision[] {
  const decisions = withReplacing(snapshot);
  // A move that was asked for is one among the other decisions of a later pass: on a schedule that stands.
  if (decisions.length > 0 || !snapshot.units.some((u) => u.moveTo !== undefined)) return decisions;
  return askedMoves({ ...snapshot, units: withoutCircles(snapshot.units) });
}

function withReplacing(snapshot: Snapshot): Decision[] {
  if (!snapshot.units.some((u) => u.requirements.replaces.length > 0)) return decideOnce(snapshot);
  // Who is placed may drive another one away, which then drives another one: as long as nobody comes back (see `withoutCircles`).
  const start = { ...snapshot, units: withoutCircles(snapshot.units) };
  const reasons = new Map<string, string>();
  let now: Snapshot = start;
  for (let left = snapshot.units.length + 1; left > 0; left--) {
    const decisions = decideOnce(now);
    if (decisions.length === 0) break;
    for (const { unit, reason } of decisions) {
      // In the order of the changes: who drives another one away is written before that one leaves.
      reasons.delete(unit);
      reasons.set(unit, reason);
    }
    now = applied(now, decisions);
  }
  return changesBetween(snapshot, now, reasons);
}

function decideOnce(snapshot: Snapshot): Decision[] {
  const ordered = principalsFirst(snapshot.units);
  const byName = new Map<string, Placeable>(ordered.map((u) => [u.name, u]));
  const evicted = evictions(snapshot, ordered);
  const circles = new Map<string, string>();
  const toPlace: EngineUnit[] = [];
  const decisions: Decision[] = [];
  const stays = (u: EngineUnit): boolean => u.target !== undefined && !evicted.has(u.name);
  for (const unit of ordered) {
    if (unit.desired === 'inactive' || unit.requirements.global || stays(unit)) continue;
    const circle = machineOfCircle(unit, byName);
    if (circle === undefined) toPlace.push(unit);
    else circles.set(unit.name, circle);
  }
  const { placed, places, stuck } = placeAll(toPlace, ordered, snapshot.machines, () => occupy(snapshot, evicted));
  for (const unit of ordered) {
    const { name, target: from } = unit;
    const left = evicted.get(name);
    const place = places.get(name);
    if (unit.desired === 'inactive' || unit.requirements.global) {
      if (from !== undefined) decisions.push({ kind: 'evict', unit: name, from, reason: left ?? 'not wanted' });
      else if (unit.blocked)
        decisions.push({ kind: 'unblock', unit: name, reason: 'the engine no longer has to place it' });
    } else if (stays(unit)) {
      if (unit.blocked) decisions.push({ kind: 'unblock', unit: name, reason: 'it is scheduled' });
    } else if (place !== undefined) {
      const { to, reason } = place;
      const reasons = left === undefined ? reason : `${left}; ${reason}`;
      if (from === undefined) decisions.push({ kind: 'place', unit: name, to, reason });
      else if (from !== to) decisions.push({ kind: 'move', unit: name, from, to, reason: reasons });
    }
  }
  // Reasons are taken from the finished schedule: taken half way, they would be others in the next pass.
  const isStuck = new Set(stuck.map((u) => u.name));
  for (const unit of ordered.filter((u) => isStuck.has(u.name) || circles.has(u.name))) {
    const blocked = whyNowhere(unit, snapshot.machines, placed.occupancy, circles.get(unit.name));
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
