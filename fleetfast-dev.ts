import { startFleetCluster } from './scenarios/bench/fleet/fleet-cluster.ts';
import { startAndDestroy, idleCost } from './scenarios/bench/fleet/many-units.ts';
const builds = process.argv[2]!.split(',');
const sizes = (process.argv[3] ?? '1,50').split(',').map(Number);
for (const build of builds) {
  const cluster = await startFleetCluster(build);
  try {
    console.log(build, 'idle', await idleCost(cluster, Number(process.argv[4] ?? 5000)));
    for (const n of sizes) {
      const { start, destroy } = await startAndDestroy(cluster, n);
      for (const [what, c] of Object.entries({ start, destroy })) console.log(what, n, Object.entries(c).map(([k, v]) => `${k}=${Math.round(v)}`).join(' '));
    }
  } finally { await cluster.stop(); }
}
