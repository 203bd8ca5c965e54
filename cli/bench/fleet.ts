import { join } from 'node:path';
import { median } from '#scenarios/bench/failover-series.ts';
import { type FleetCluster, startFleetCluster } from '#scenarios/bench/fleet/fleet-cluster.ts';
import { type CommandCost, type IdleCost, idleCost, startAndDestroy } from '#scenarios/bench/fleet/many-units.ts';
import { statedSeconds } from '#errors/seconds.ts';
import { table } from '../render/table.ts';

const sizes = [1, 50, 200];
const idleMs = 20_000;

/** What was measured of one build: costs of `start 50` and the like, one a round. */
interface Figures {
  readonly commands: Map<string, CommandCost[]>;
  readonly idle: IdleCost[];
}

/**
 * `npm run bench -- fleet [CHECKOUT]`: what one command costs that starts or destroys many units, on three fleetd processes with a systemd each.
 * @param against another checkout that has been built (`node build.mjs`): the same of it, in turn, and the ratios
 */
export async function benchFleet(repoDir: string, rounds: number, against: string | undefined): Promise<void> {
  const builds = [...(against === undefined ? [] : [against]), repoDir].map((dir) => join(dir, 'dist/machine/bin'));
  const figures = builds.map((): Figures => ({ commands: new Map(), idle: [] }));
  let running: FleetCluster | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void (running?.stop() ?? Promise.resolve()).finally(() => process.exit(130)));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [i, build] of builds.entries()) {
      running = await startFleetCluster(build);
      try {
        await measure(running, figures[i]);
      } finally {
        await running.stop();
        running = undefined;
      }
      console.log(`round ${round}/${rounds} ${build}`);
    }
  }
  console.log(
    `\n${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}; CPU time of all three machines together`,
  );
  console.log(commandsText(figures));
  console.log(`\nnothing happens, for ${statedSeconds(idleMs)}`);
  console.log(idleText(figures));
}

async function measure(cluster: FleetCluster, figures: Figures | undefined): Promise<void> {
  // The first command pays for what Node compiles at first use.
  await startAndDestroy(cluster, 2);
  figures?.idle.push(await idleCost(cluster, idleMs));
  for (const size of sizes) {
    for (const [command, cost] of Object.entries(await startAndDestroy(cluster, size))) {
      const name = `${command} ${size}`;
      figures?.commands.set(name, [...(figures.commands.get(name) ?? []), cost]);
    }
  }
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const columns: readonly (readonly [head: string, of: keyof CommandCost, shown: (value: number) => string])[] = [
  ['TOOK', 'wallMs', ms],
  ['FLEETD', 'fleetdMs', ms],
  ['FLEETCTL', 'fleetctlMs', ms],
  ['SYSTEMD', 'systemdMs', ms],
  ['ETCD', 'etcdMs', ms],
  ['ETCD REQUESTS', 'etcdRequests', String],
  ['SYSTEMCTL', 'systemctlCalls', String],
];

function commandsText(figures: readonly Figures[]): string {
  const names = [...(figures[0]?.commands.keys() ?? [])];
  const rows = names.map((name) => [
    name,
    ...columns.map(([, of, shown]) =>
      compared(
        figures.map(({ commands }) => (commands.get(name) ?? []).map((cost) => cost[of])),
        shown,
      ),
    ),
  ]);
  return table(['', ...columns.map(([head]) => head)], rows, Infinity);
}

function idleText(figures: readonly Figures[]): string {
  const row = (name: string, of: keyof IdleCost, shown: (value: number) => string) => [
    name,
    compared(
      figures.map(({ idle }) => idle.map((cost) => cost[of])),
      shown,
    ),
  ];
  return table(
    ['EACH FLEETD', ''],
    [
      row('CPU', 'cpuPercent', (value) => `${value.toFixed(2)} %`),
      row('requests to etcd, a second', 'etcdRequestsPerSecond', (value) => value.toFixed(2)),
      row('resident memory', 'residentBytes', (value) => `${(value / 1e6).toFixed(0)} MB`),
    ],
  );
}

/** `12 ms`, or `120 ms -> 12 ms (0.10)`: medians of builds. */
function compared(series: readonly (readonly number[])[], shown: (value: number) => string): string {
  const middles = series.map((values) => median(values));
  const [before = NaN, now] = middles;
  const ratio = now === undefined || before === 0 ? '' : ` (${(now / before).toFixed(2)})`;
  return middles.map(shown).join(' -> ') + ratio;
}
