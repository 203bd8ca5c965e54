import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Fault, FleetShape, Which } from './plan.ts';

/** One fault of any kind, for a fleet of this shape. */
export function makeFault(fleet: FleetShape, random: SeededRandom): Fault {
  const machine = random.integer(1, fleet.machines);
  const member = random.integer(1, fleet.members);
  const on = pickWhich(machine, random);
  const atEtcd: Which = random.chance(0.4) ? 'etcd' : member;
  const lastsMs = duration(fleet, random);
  const kind = random.pick(kinds);
  switch (kind) {
    case 'kill':
      return { fault: kind, daemon: random.pick(['fleetd', 'fleetd', 'etcd']), on };
    case 'pause':
      return { fault: kind, daemon: random.pick(['machine', 'fleetd', 'fleetd', 'etcd']), on, lastsMs };
    case 'partition': {
      const numbers = Array.from({ length: fleet.machines }, (_, index) => index + 1);
      const machines = random.shuffled(numbers).slice(0, random.integer(1, fleet.machines - 1));
      const direction = random.pick(['both', 'both', 'in', 'out'] as const);
      return { fault: kind, machines: machines.sort(), direction, lastsMs };
    }
    case 'lossy': {
      const delayMs = random.chance(0.5) ? 0 : random.integer(10, 400);
      return { fault: kind, on, loss: random.integer(0, 40) / 100, delayMs, lastsMs };
    }
    case 'slow-disk':
      return { fault: kind, on: atEtcd, writeMs: random.integer(20, 1500), lastsMs };
    case 'clock':
      return { fault: kind, on, rate: random.integer(90, 110) / 100, lastsMs };
    case 'systemd':
      return { fault: kind, on, slowness: random.integer(1, 20), stumbles: random.integer(0, 50) / 100, lastsMs };
    case 'compact':
    case 'depose':
      return { fault: kind };
    case 'revoke':
    case 'unit-dies':
      return { fault: kind, on };
    case 'stop-etcd':
      return { fault: kind, on: atEtcd, lastsMs };
    case 'power-off':
    case 'leave':
      return { fault: kind, on, lastsMs };
  }
}

const kinds = [
  ...(['kill', 'kill', 'kill', 'pause', 'pause', 'pause', 'partition', 'partition', 'partition', 'partition'] as const),
  ...(['power-off', 'power-off', 'stop-etcd', 'leave', 'lossy', 'slow-disk', 'clock', 'revoke'] as const),
  ...(['compact', 'depose', 'systemd', 'unit-dies'] as const),
];

function pickWhich(machine: number, random: SeededRandom): Which {
  if (random.chance(0.2)) return 'engine';
  return random.chance(0.1) ? 'etcd' : machine;
}

/** Often about as long as a lease lives, where things are decided; sometimes short, sometimes long. */
function duration({ ttlSeconds }: FleetShape, random: SeededRandom): number {
  const ttlMs = ttlSeconds * 1000;
  const [least, most] = random.pick([
    [50, 2_000],
    [ttlMs / 2, ttlMs * 2],
    [ttlMs / 2, ttlMs * 2],
    [ttlMs, ttlMs + 20_000],
    [5_000, 90_000],
  ] as const);
  return Math.round(least + random.share() * (most - least));
}
