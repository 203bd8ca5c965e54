import { repels } from './conflicts.ts';
import { staticProblem } from './can-run.ts';
import type { EngineUnit, Machine, Snapshot } from '../parts/model.ts';
import { globalsFor } from './occupancy.ts';
import { byNameOrder } from './order.ts';

/** Units that move as one, because MachineOf ties them together. */
export interface RebalanceStep {
  readonly units: readonly string[];
  /** Machine ids. */
  readonly from: string;
  readonly to: string;
  /** One line, machines by name. */
  readonly reason: string;
}

export interface Rebalance {
  /** To be carried out in this order: each one keeps every constraint. */
  readonly steps: readonly RebalanceStep[];
  /** Units on each machine, by its name, before and after. */
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

/**
 * The fewest moves that level the number of units per machine (global ones count, and stay), as far as the constraints let it: one at a time from the
 * fullest machine that can give one away to the emptiest that takes one; where none goes directly, along the shortest chain of machines that each hand
 * one on. No two machines then differ by more than one unless a constraint holds units where they are. Who is replaced by others is moved nowhere near
 * them, and a unit of a machine that is not present is the engine's affair. Pure, and the same for the same input in whatever order.
 */
export function planRebalance(snapshot: Snapshot): Rebalance {
  const machines = snapshot.machines.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let units = snapshot.units.toSorted(byNameOrder);
  const steps: RebalanceStep[] = [];
  let balance = balanceOf(units, machines);
  const counts = () => new Map(machines.map((m) => [m.name, balance.load(m)]));
  const before = counts();
  // Every step lowers the sum of squares, but for global units that come or go with it.
  for (let left = 2 * units.length; left > 0; left--) {
    const chain = nextChain(machines, balance);
    if (chain === undefined) break;
    const to = new Map<string, string>();
    for (const link of chain) {
      const load = (m: Machine): string => `${m.name} has ${balance.load(m)}`;
      const reason = `${load(link.from)}, ${load(link.to)}${chain.length > 1 ? ', in a chain' : ''}`;
      steps.push({ units: link.bunch.map((u) => u.name), from: link.from.id, to: link.to.id, reason });
      for (const unit of link.bunch) to.set(unit.name, link.to.id);
    }
    units = units.map((u) => {
      const target = to.get(u.name);
      return target === undefined ? u : { ...u, target };
    });
    balance = balanceOf(units, machines);
  }
  return { steps, before, after: counts() };
}

type Bunch = readonly EngineUnit[];

interface Link {
  readonly bunch: Bunch;
  readonly from: Machine;
  readonly to: Machine;
}

interface Balance {
  load(machine: Machine): number;
  /** Smallest first, then by name. */
  bunches(machine: Machine): readonly Bunch[];
  canGo(bunch: Bunch, to: Machine): boolean;
}

function balanceOf(units: readonly EngineUnit[], machines: readonly Machine[]): Balance {
  const globals = units.filter((u) => u.requirements.global && u.desired !== 'inactive');
  const here = new Map(
    machines.map((machine) => {
      const own = units.filter((u) => u.target === machine.id && !u.requirements.global);
      return [machine.id, { own, all: [...own, ...globalsFor(machine, globals, own)] }];
    }),
  );
  const on = (machine: Machine) => here.get(machine.id) ?? { own: [], all: [] };
  const tied = new Map(machines.map((m) => [m.id, bunchesOf(on(m).own)]));
  return {
    load: (machine) => on(machine).all.length,
    bunches: (machine) => tied.get(machine.id) ?? [],
    canGo(bunch, to) {
      const coming = new Set(bunch.map((u) => u.name));
      const there = on(to).all;
      const present = new Set(there.map((u) => u.name));
      return bunch.every(
        (unit) =>
          unit.desired !== 'inactive' &&
          staticProblem(unit, to) === undefined &&
          unit.requirements.machineOf.every((peer) => coming.has(peer) || present.has(peer)) &&
          !there.some((other) => repels(unit, other) || repels(other, unit)),
      );
    },
  };
}

function bunchesOf(units: readonly EngineUnit[]): Bunch[] {
  const bunchOf = new Map(units.map((u) => [u.name, [u]]));
  for (const unit of units) {
    const ties = [unit.name, ...unit.requirements.machineOf].map((name) => bunchOf.get(name));
    const merged = [...new Set(ties.filter((bunch) => bunch !== undefined))].flat();
    for (const member of merged) bunchOf.set(member.name, merged);
  }
  return [...new Set(bunchOf.values())].sort((a, b) => a.length - b.length);
}

/** The links of one improvement, the last machine's first: each finds room that the one before it has made. */
function nextChain(machines: readonly Machine[], balance: Balance): Link[] | undefined {
  const byLoad = machines.toSorted((a, b) => balance.load(a) - balance.load(b));
  for (const from of byLoad.toReversed()) {
    for (const to of byLoad) {
      const gap = balance.load(from) - balance.load(to);
      const bunch = balance.bunches(from).find((b) => b.length < gap && balance.canGo(b, to));
      if (bunch !== undefined) return [{ bunch, from, to }];
    }
    const chain = chainFrom(from, byLoad, balance);
    if (chain !== undefined) return chain;
  }
  return undefined;
}

/** The shortest way, over machines that take a unit and give one on, to one with at least two units less. */
function chainFrom(start: Machine, machines: readonly Machine[], balance: Balance): Link[] | undefined {
  const cameBy = new Map<string, Link>();
  const queue = [start];
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    for (const to of machines) {
      if (to.id === start.id || cameBy.has(to.id)) continue;
      const bunch = balance.bunches(from).find((b) => b.length === 1 && balance.canGo(b, to));
      if (bunch === undefined) continue;
      cameBy.set(to.id, { bunch, from, to });
      if (balance.load(start) - balance.load(to) >= 2) return wayTo(to, cameBy);
      queue.push(to);
    }
  }
  return undefined;
}

function wayTo(end: Machine, cameBy: ReadonlyMap<string, Link>): Link[] {
  const links: Link[] = [];
  for (let link = cameBy.get(end.id); link !== undefined; link = cameBy.get(link.from.id)) links.push(link);
  return links;
}
