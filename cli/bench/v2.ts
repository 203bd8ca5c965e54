import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '#scenarios/bench/failover-series.ts';
import { startEtcd } from '#scenarios/bench/fleet/etcd-members.ts';
import { ownCpuMs, residentBytes } from '#scenarios/bench/fleet/process-cpu.ts';
import { fillKeys, runHttpLoad, type LoadKind } from '#scenarios/bench/v2/http-load.ts';
import { startV2Program, type V2Program } from '#scenarios/bench/v2/v2-program.ts';
import { openWatchers, watchersAt } from '#scenarios/bench/v2/watchers.ts';
import { statedSeconds } from '#errors/seconds.ts';
import { mustHave } from '#errors/must-have.ts';
import { table } from '../render/table.ts';

const kinds: readonly LoadKind[] = ['GET', 'GET with ttl', 'PUT', 'PUT with ttl'];
const connectionCounts = [1, 8, 32];
const loadMs = 2000;
const warmUp = { connections: 8, durationMs: 20_000, most: 5000 };
const watchers = 1000;
const changes = 500;
const manyWatchers = 10_000;
const settleMs = 5000;

interface Side {
  readonly port: number;
  /** Whose CPU it takes. */
  readonly pids: readonly number[];
}

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
}

/**
 * `npm run bench -- v2 [requests|watches|memory]`: the v2 API on the v3 store against etcd's own (`--enable-v2`), one member, in turn; what 1,000 that
 * wait are told how soon; and what 10,000 leave behind.
 */
export async function benchV2(repoDir: string, rounds: number, only: string | undefined): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'v2-bench-'));
  const etcd = await startEtcd(directory, 1, ['--enable-v2=true']);
  let ours: V2Program | undefined;
  try {
    const endpoint = mustHave(etcd.endpoints[0], 'member of etcd');
    ours = await startV2Program(join(repoDir, 'dist/machine/bin/etcd-v2.cjs'), endpoint);
    const theirs: Side = { port: Number(new URL(endpoint).port), pids: etcd.pids };
    const sides = [theirs, { port: ours.port, pids: [...etcd.pids, ours.pid] }] as const;
    if (only === undefined || only === 'requests') await benchRequests(sides, rounds);
    if (only === undefined || only === 'watches') await benchWatches(sides);
    if (only === undefined || only === 'memory') await benchMemory(ours, rounds);
  } finally {
    await ours?.stop();
    await etcd.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchRequests(sides: readonly [theirs: Side, ours: Side], rounds: number): Promise<void> {
  for (const side of sides) {
    await fillKeys(side.port);
    // What is compiled at first use is nobody's steady cost.
    for (const kind of kinds) await runHttpLoad({ ...warmUp, port: side.port, kind });
  }
  const rows: string[][] = [];
  for (const kind of kinds) {
    for (const connections of connectionCounts) {
      const found: [theirs: Measured[], ours: Measured[]] = [[], []];
      for (let round = 0; round < rounds; round++)
        for (const [i, side] of sides.entries()) found[i]?.push(await measured(side, kind, connections));
      const both = (of: keyof Measured, digits: number) => {
        const [theirs, ours] = found.map((all) => median(all.map((one) => one[of]))) as [number, number];
        return { text: `${theirs.toFixed(digits)} -> ${ours.toFixed(digits)}`, ratio: (ours / theirs).toFixed(2) };
      };
      const perSecond = both('perSecond', 0);
      rows.push([
        `${kind}, ${connections}`,
        perSecond.text,
        perSecond.ratio,
        both('cpuUs', 0).text,
        both('p99Ms', 2).text,
      ]);
      console.log(rows.at(-1)?.join('   '));
    }
  }
  console.log(
    `\netcd's own v2 API -> ours, by connections; medians of ${rounds} rounds in turn, ${statedSeconds(loadMs)} each`,
  );
  console.log(table(['', 'A SECOND', 'RATIO', 'µs OF CPU', 'P99, ms'], rows, Infinity));
}

async function measured({ port, pids }: Side, kind: LoadKind, connections: number): Promise<Measured> {
  const cpu = async () => (await Promise.all(pids.map((pid) => ownCpuMs(pid)))).reduce((sum, ms) => sum + ms, 0);
  const [before, began] = [await cpu(), performance.now()];
  const { answers, p99Ms } = await runHttpLoad({ port, kind, connections, durationMs: loadMs });
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: answers / seconds, p99Ms, cpuUs: (((await cpu()) - before) * 1000) / answers };
}

async function benchWatches(sides: readonly Side[]): Promise<void> {
  const rows: string[][] = [];
  for (const [i, { port }] of sides.entries()) {
    const open = await openWatchers(port, watchers);
    try {
      const times: number[] = [];
      for (let n = 0; n < changes; n++) times.push(await open.changeOne(n * 7));
      times.sort((a, b) => a - b);
      const at = (share: number) => `${(times[Math.floor(times.length * share)] ?? NaN).toFixed(2)} ms`;
      rows.push([i === 0 ? "etcd's own" : 'ours', at(0.5), at(0.99), at(0.9999)]);
    } finally {
      open.close();
    }
  }
  console.log(
    `\n${watchers} wait; from a write's first byte until the one that waits for it has its answer, ${changes} times`,
  );
  console.log(table(['', 'MEDIAN', 'P99', 'WORST'], rows));
}

async function benchMemory({ pid, port }: V2Program, rounds: number): Promise<void> {
  const settled = () => new Promise((resolve) => setTimeout(resolve, settleMs));
  const megabytes = async () => `${((await residentBytes(pid)) / 1e6).toFixed(0)} MB`;
  const rows = [['before', '', await megabytes()]];
  for (let round = 1; round <= rounds; round++) {
    const open = await openWatchers(port, manyWatchers);
    const during = await megabytes();
    open.close();
    await settled();
    rows.push([`round ${round}`, during, `${await megabytes()}, ${await watchersAt(port)} left`]);
  }
  console.log(
    `\nresident memory of etcd-v2: ${manyWatchers} wait, then all hang up, and ${statedSeconds(settleMs)} pass`,
  );
  console.log(table(['', 'WHILE THEY WAIT', 'AFTERWARDS'], rows));
}
