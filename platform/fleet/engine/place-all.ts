import { isTemplate } from '../unit/name.ts';
import type { Placeable } from '../unit/requirements.ts';
import { placedOn, type Placed } from './placed.ts';
import { groupsOf } from './groups.ts';
import { describeMachine, type EngineUnit, type Machine } from '../parts/model.ts';
import type { Occupancy } from './occupancy.ts';
import { assignTogether, type Hints } from './together.ts';

/** Where units go and why, and which found no machine. `placed` has them in their places. */
export interface Placing {
  readonly placed: Placed;
  readonly places: ReadonlyMap<string, { to: string; reason: string }>;
  readonly stuck: readonly EngineUnit[];
}

/** Bounds one pass's search to some tenths of a second: 100,000 steps for a batch of ten, 2500 for one of 400. */
const searchLooks = 1_000_000;

/**
 * Places units: one after the other on the least loaded machine that can take them (the lowest id among equals), and as a whole where
 * one after the other leaves a unit without a machine that all could have. Units that are known and not wanted yet count there too, as far as
 * nobody pays for it: `fleetctl start A B C` makes all three known, then wants them one by one.
 * @param toPlace MachineOf targets before followers
 * @param all every unit, in the same order
 * @param occupancy what runs already, anew at each call
 */
export function placeAll(
  toPlace: readonly EngineUnit[],
  all: readonly EngineUnit[],
  machines: readonly Machine[],
  occupancy: () => Occupancy,
): Placing {
  const sorted = machines.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const inTurn = placeInTurn(toPlace, sorted, placedOn(occupancy(), all), new Map());
  if (toPlace.length === 0) return inTurn;
  const known = all.filter(
    (u) => u.desired === 'inactive' && u.target === undefined && !u.requirements.global && !isTemplate(u.name),
  );
  if (inTurn.stuck.length === 0 && known.length === 0) return inTurn;

  const optional = new Set(known.map((u) => u.name));
  const groups = groupsOf([...toPlace, ...known]).filter((g) => g.some((u) => !optional.has(u.name)));
  const later = groups.flat().filter((u) => optional.has(u.name));
  const both = placeInTurn([...toPlace, ...later], sorted, placedOn(occupancy(), all), new Map());
  const stuck = new Set(both.stuck.map((u) => u.name));
  const placed = placedOn(occupancy(), all);
  const budget = { looks: searchLooks };
  const hints: Hints = new Map();
  const givenUp = new Set<string>();
  for (const group of groups) {
    if (!group.some((u) => stuck.has(u.name))) continue;
    for (const { name } of group) givenUp.add(name);
    for (const [name, hint] of assignTogether({ group, optional, stuck, machines: sorted, placed, budget })) {
      hints.set(name, hint);
      givenUp.delete(name);
    }
  }
  if (hints.size === 0) return inTurn;
  // Who has no place in the whole takes what the others leave.
  const order = [...toPlace.filter((u) => !givenUp.has(u.name)), ...toPlace.filter((u) => givenUp.has(u.name))];
  return placeInTurn(order, sorted, placed, hints);
}

function placeInTurn(
  units: readonly EngineUnit[],
  machines: readonly Machine[],
  placed: Placed,
  hints: Hints,
): Placing {
  const places = new Map<string, { to: string; reason: string }>();
  const stuck: EngineUnit[] = [];
  for (const unit of units) {
    const able = machines.filter((m) => placed.isAble(unit, m));
    const least = leastLoaded(able, placed);
    if (least === undefined) {
      stuck.push(unit);
      continue;
    }
    const hint = hints.get(unit.name);
    const machine = able.find((m) => m.id === hint?.machineId) ?? least;
    const sake = machine === least ? undefined : hint?.forSakeOf.filter((name) => name !== unit.name);
    places.set(unit.name, { to: machine.id, reason: reasonFor(unit, machine, able, placed, sake) });
    placed.place(unit, machine.id);
  }
  return { placed, places, stuck };
}

function leastLoaded(able: readonly Machine[], placed: Placed): Machine | undefined {
  let least: Machine | undefined;
  let load = Infinity;
  for (const machine of able) {
    const its = placed.loadOf(machine);
    if (its < load) [least, load] = [machine, its];
  }
  return least;
}

function reasonFor(
  unit: Placeable,
  machine: Machine,
  able: readonly Machine[],
  placed: Placed,
  forSakeOf: readonly string[] | undefined,
): string {
  const peers = unit.requirements.machineOf;
  const where = describeMachine(machine);
  if (peers.length > 0) return `${where}: MachineOf ${peers.join(', ')}`;
  if (able.length === 1) return `${where}: the only able machine`;
  const loads = able.map((m) => `${m.name}:${placed.loadOf(m)}`).join(' ');
  if (forSakeOf !== undefined) return `${where}: so that ${named(forSakeOf)} can be placed too (units ${loads})`;
  return `${where}: least loaded of ${able.length} able (units ${loads})`;
}

function named(units: readonly string[]): string {
  if (units.length === 0) return 'every unit';
  return units.length <= 3 ? units.join(', ') : `${units.slice(0, 3).join(', ')} and ${units.length - 3} more`;
}
