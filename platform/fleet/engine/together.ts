import type { Placeable } from '../unit/requirements.ts';
import { repels } from './conflicts.ts';
import type { Placed } from './placed.ts';
import type { Machine } from '../parts/model.ts';
import { searchAssignment, type Choice } from './search.ts';

/** Machine ids for units that were placed as a whole, and for whose sake. */
export type Hints = Map<string, { readonly machineId: string; readonly forSakeOf: readonly string[] }>;

/** Units of one group at most: what two of them say of each other is looked at pair by pair. */
const groupLimit = 500;

/**
 * Looks for machines for a group of units of which some found none when they were placed one after the other: as a whole, so that
 * the first leave a machine to the last. What runs stays where it is. When not all can be placed, as many of those that found none are
 * given up, the last ones first, as it needs for the others.
 * @param group units that matter most first
 * @param optional names of those that are not wanted yet: they are given up first, all at once
 * @param stuck names of those that found none
 * @param placed what is on the machines before any of the group
 * @returns no hints when placing one after the other does as well, or the budget is used up
 */
export function assignTogether(args: {
  group: readonly Placeable[];
  optional: ReadonlySet<string>;
  stuck: ReadonlySet<string>;
  machines: readonly Machine[];
  placed: Placed;
  budget: { looks: number };
}): Hints {
  const { stuck, machines, placed, budget } = args;
  const hints: Hints = new Map();
  if (args.group.length > groupLimit) return hints;
  const apart = apartOf(args.group);
  const loads = new Map(machines.map((m) => [m.id, placed.loadOf(m)]));
  let rest = withoutHopeless(args.group, machines, placed, apart);
  const isStuck = (u: Placeable): boolean => stuck.has(u.name);
  while (rest.some(isStuck) && budget.looks > 0) {
    const bunches = bunchesOf(rest);
    const choices = bunches.map((bunch) => choiceOf(bunch, bunches, machines, placed, apart));
    budget.looks -= choices.length ** 2;
    const found = searchAssignment(choices, loads, budget);
    if (found !== undefined) {
      const forSakeOf = rest.filter(isStuck).map((u) => u.name);
      for (const [i, machineId] of found.entries())
        for (const { name } of bunches[i] ?? []) hints.set(name, { machineId, forSakeOf });
      break;
    }
    const optional = rest.filter((u) => isStuck(u) && args.optional.has(u.name));
    const last = rest.findLast(isStuck);
    rest = withFollowersGone(rest, new Set((optional.length > 0 ? optional : last ? [last] : []).map((u) => u.name)));
  }
  return hints;
}

/** Name -> names that must not be on the same machine, both ways. */
function apartOf(group: readonly Placeable[]): ReadonlyMap<string, ReadonlySet<string>> {
  const apart = new Map(group.map((u) => [u.name, new Set<string>()]));
  for (const unit of group) {
    if (unit.requirements.conflicts.length === 0 && unit.requirements.replaces.length === 0) continue;
    for (const other of group) {
      if (!repels(unit, other)) continue;
      apart.get(unit.name)?.add(other.name);
      apart.get(other.name)?.add(unit.name);
    }
  }
  return apart;
}

/** Leaves out each unit that has no machine even when it and what it follows are alone. */
function withoutHopeless(
  group: readonly Placeable[],
  machines: readonly Machine[],
  placed: Placed,
  apart: ReadonlyMap<string, ReadonlySet<string>>,
): Placeable[] {
  const byName = new Map(group.map((u) => [u.name, u]));
  return group.filter((unit) => {
    const chain = new Map([[unit.name, unit]]);
    for (const one of chain.values()) {
      for (const peer of one.requirements.machineOf) {
        const found = byName.get(peer);
        if (found !== undefined) chain.set(peer, found);
      }
    }
    return machinesFor([...chain.values()], machines, placed, apart).length > 0;
  });
}

/** Machines that take all of these units at once. */
function machinesFor(
  bunch: readonly Placeable[],
  machines: readonly Machine[],
  placed: Placed,
  apart: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const names = new Set(bunch.map((u) => u.name));
  if (bunch.some((u) => [...(apart.get(u.name) ?? [])].some((other) => names.has(other)))) return [];
  return machines.filter((m) => bunch.every((u) => placed.isAbleWith(u, m, names))).map((m) => m.id);
}

/** Units tied by MachineOf, which go to one machine together. */
function bunchesOf(units: readonly Placeable[]): Placeable[][] {
  const bunchOf = new Map(units.map((u) => [u.name, [u]]));
  for (const unit of units) {
    const tied = [unit.name, ...unit.requirements.machineOf].map((name) => bunchOf.get(name));
    const merged = [...new Set(tied.filter((bunch) => bunch !== undefined))].flat();
    for (const member of merged) bunchOf.set(member.name, merged);
  }
  return [...new Set(bunchOf.values())];
}

function choiceOf(
  bunch: readonly Placeable[],
  bunches: readonly (readonly Placeable[])[],
  machines: readonly Machine[],
  placed: Placed,
  apart: ReadonlyMap<string, ReadonlySet<string>>,
): Choice {
  const avoided = new Set(bunch.flatMap((u) => [...(apart.get(u.name) ?? [])]));
  const others = bunches.flatMap((other, i) => (other !== bunch && other.some((u) => avoided.has(u.name)) ? [i] : []));
  return { machines: machinesFor(bunch, machines, placed, apart), weight: bunch.length, apart: new Set(others) };
}

function withFollowersGone(units: readonly Placeable[], gone: Set<string>): Placeable[] {
  return units.filter((u) => {
    if (!gone.has(u.name) && !u.requirements.machineOf.some((peer) => gone.has(peer))) return true;
    gone.add(u.name);
    return false;
  });
}
