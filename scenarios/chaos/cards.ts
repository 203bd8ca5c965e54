import { LabError } from '#errors/lab-error.ts';
import type { ProviderCapability } from '#provision/machines/machine-provider.ts';
import type { FaultAction } from '../harness/record/fault-record.ts';
import type { SeededRandom } from './seeded-random.ts';
import { containerName, shortUnit } from '../harness/record/unit-name.ts';

/** What cards are dealt over. */
export interface Table {
  readonly machines: readonly string[];
  readonly units: readonly string[];
  readonly random: SeededRandom;
}

/** One kind of fault that a plan can deal. */
export interface Card {
  readonly name: string;
  readonly capability: ProviderCapability;
  readonly weight: 'heavy' | 'light';
  readonly shortestMs: number;
  readonly longestMs: number;
  /** From its undoing until its machine counts in the quorum again and fleet lists it, on a busy host. */
  readonly recoveryMs: number;
  /** Whether there is something here that it can be dealt to; without it there always is. */
  fits?(table: Table): boolean;
  /** @param alone no heavy fault is in force meanwhile */
  deal(table: Table, at: { lane: number; alone: boolean }): { target: string; action: FaultAction };
}

type Deal = Card['deal'];

/** A machine that boots again needs this long until etcd, flannel and fleet are back. */
const bootMs = 22_000;

const [heavy, light] = [cards('heavy'), cards('light')];

/** May take their machine out of the quorum, or bear no other machine being out meanwhile. */
export const heavyCards: readonly Card[] = [
  heavy('halt', 'halt', [6_000, 14_000], bootMs, someMachine({ kind: 'halt' })),
  heavy('cut', 'cut', [6_000, 16_000], bootMs, someMachine({ kind: 'cut' })),
  heavy('reboot', 'reboot', [0, 0], bootMs, someMachine({ kind: 'reboot' })),
  // Shorter and longer than the time after which fleet counts a machine as gone.
  heavy('pause', 'pause', [2_000, 14_000], 8_000, someMachine({ kind: 'pause' })),
  heavy('partition', 'partition', [2_000, 14_000], 8_000, someMachine({ kind: 'partition', from: 'all' })),
  { ...heavy('partition of two', 'partition', [3_000, 14_000], 6_000, pair), fits: severalMachines },
  heavy('packet loss', 'packet-loss', [4_000, 14_000], 5_000, (table, at) =>
    someMachine({ kind: 'packet-loss', percent: table.random.integer(10, 60) })(table, at),
  ),
  // etcd writes every entry to its disk before it acknowledges it.
  heavy('slow disk', 'slow-disk', [5_000, 14_000], 5_000, (table, at) =>
    someMachine({ kind: 'slow-disk', bytesPerSecond: table.random.integer(1, 16) * 256 * 1024 })(table, at),
  ),
  heavy('full disk', 'full-disk', [4_000, 10_000], 15_000, someMachine({ kind: 'full-disk' })),
  heavy('kill etcd', 'exec', [0, 0], 6_000, someMachine({ kind: 'kill', unit: 'etcd.service' })),
  heavy('etcd leader', 'exec', [0, 0], 6_000, at('etcd leader', { kind: 'kill', unit: 'etcd.service' })),
  heavy('stop etcd', 'exec', [4_000, 12_000], 6_000, someMachine({ kind: 'stop-unit', unit: 'etcd.service' })),
  // Alone too: were its machine lost meanwhile, starting it there again would be one unit on two machines.
  {
    ...heavy('stop a unit', 'exec', [3_000, 9_000], 8_000, (table) => {
      const unit = table.random.pick(table.units.filter(hasContainer));
      return { target: `machine running ${shortUnit(unit)}`, action: { kind: 'stop-unit', unit } };
    }),
    fits: ({ units }) => units.some(hasContainer),
  },
];

/** Leave etcd alone: they may meet another machine while one is out. */
export const lightCards: readonly Card[] = [
  light('slow CPU', 'slow-cpu', [4_000, 14_000], 3_000, ({ machines, random }, { alone }) => {
    if (alone)
      return { target: random.pick(machines), action: { kind: 'slow-cpu', cpus: random.integer(20, 40) / 100 } };
    // While a machine is out, etcd needs the others: they keep enough to answer within an election timeout.
    return { target: 'any other', action: { kind: 'slow-cpu', cpus: random.integer(55, 80) / 100 } };
  }),
  light('kill fleet', 'exec', [0, 0], 6_000, (table, { alone }) => daemon('fleet.service', table, alone)),
  light('kill flanneld', 'exec', [0, 0], 6_000, (table, { alone }) => daemon('flanneld.service', table, alone)),
  light('kill docker', 'exec', [0, 0], 12_000, (table, { alone }) => daemon('docker.service', table, alone)),
  light('engine leader', 'exec', [0, 0], 6_000, at('engine leader', { kind: 'kill', unit: 'fleet.service' })),
  {
    ...light('kill a container', 'exec', [0, 0], 8_000, (table) => {
      const unit = table.random.pick(table.units.filter(hasContainer));
      return {
        target: `machine running ${shortUnit(unit)}`,
        action: { kind: 'kill-container', container: containerName(unit) },
      };
    }),
    fits: ({ units }) => units.some(hasContainer),
  },
  {
    ...light('kill a sidekick', 'exec', [0, 0], 4_000, (table) => {
      const unit = table.random.pick(table.units.filter(isSidekick));
      return { target: `machine running ${shortUnit(unit)}`, action: { kind: 'kill', unit } };
    }),
    fits: ({ units }) => units.some(isSidekick),
  },
];

function cards(weight: Card['weight']) {
  return (
    name: string,
    capability: ProviderCapability,
    [shortestMs, longestMs]: [number, number],
    recoveryMs: number,
    deal: Deal,
  ): Card => ({ name, capability, weight, shortestMs, longestMs, recoveryMs, deal });
}

function at(target: string, action: FaultAction): Deal {
  return () => ({ target, action });
}

/** By name or role; in a second lane always another machine than the first lane's. */
function someMachine(action: FaultAction): Deal {
  return ({ machines, units, random }, { lane }) => {
    if (lane > 0) return { target: 'any other', action };
    const homes = units.includes('couchbase@1.service') ? ['machine running couchbase@1'] : [];
    return { target: random.pick([...machines, ...homes, 'engine leader', 'etcd leader']), action };
  };
}

function pair({ machines, random }: Table): ReturnType<Deal> {
  const [target, other] = random.shuffled(machines);
  if (target === undefined || other === undefined)
    throw new LabError({
      code: 'state.machines',
      cause: `two machines are to be parted, and the lab has ${machines.length}`,
      next: 'set $num_instances = 3 in config.rb, then lab destroy && lab up',
    });
  return { target, action: { kind: 'partition', from: [other] } };
}

function daemon(unit: string, { machines, random }: Table, alone: boolean): ReturnType<Deal> {
  return { target: alone ? random.pick(machines) : 'any other', action: { kind: 'kill', unit } };
}

function severalMachines({ machines }: Table): boolean {
  return machines.length > 1;
}

function isSidekick(unit: string): boolean {
  return unit.includes('-sidekick@');
}

function hasContainer(unit: string): boolean {
  return !isSidekick(unit);
}
