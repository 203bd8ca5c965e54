import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KvServerProcess, startCouchbase, startMemcached } from '#scenarios/bench/couchbase/kv-servers.ts';
import { runLoad } from '#scenarios/bench/couchbase/pipelined-load.ts';
import { median } from '#scenarios/bench/failover-series.ts';
import { ownCpuMs, residentBytes } from '#scenarios/bench/fleet/process-cpu.ts';
import { seconds } from '#errors/seconds.ts';
import { table } from '../render/table.ts';
import { benchIndex, benchSdk, benchStart } from './couchbase-uses.ts';

/** Of each measurement; fewer where the host is busy. */
const requests = Number(process.env['LAB_BENCH_REQUESTS'] ?? 150_000);
const keys = 100_000;
const valueBytes = 160;
const documents = 1_000_000;
const documentBytes = 200;

/** µs of the server's CPU, and of the clock, for each request. */
interface Cost {
  readonly cpuUs: number;
  readonly wallUs: number;
}

/**
 * `npm run bench -- couchbase [restart|index|sdk|start]`: pipelined key-value against Debian's memcached, in turn; what a million documents take,
 * and how long a restart with them does; what key-value waits for while they are indexed; the official SDK; the way to its first write.
 */
export async function benchCouchbase(repoDir: string, rounds: number, only: string | undefined): Promise<void> {
  const program = join(repoDir, 'apps/couchbase/dist/server.cjs');
  const directory = await mkdtemp(join(tmpdir(), 'couchbase-bench-'));
  try {
    if (only === 'restart') await benchRestart(program, join(directory, 'data'));
    else if (only === 'index') await benchIndex(program);
    else if (only === 'sdk') await benchSdk(program, rounds);
    else if (only === 'start') await benchStart(program, directory, rounds);
    else await benchCommands(program, directory, rounds);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchCommands(program: string, directory: string, rounds: number): Promise<void> {
  const kinds: readonly (readonly [name: string, start: (round: number) => Promise<KvServerProcess>])[] = [
    ['memcached, 4 threads', () => startMemcached()],
    ['in memory', () => startCouchbase(program)],
    ['with --data-dir', (round) => startCouchbase(program, join(directory, String(round)))],
  ];
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [kind, start] of kinds) {
      const server = await start(round);
      try {
        for (const [command, cost] of await measured(server)) {
          const name = `${command}: ${kind}`;
          costs.set(name, [...(costs.get(name) ?? []), cost]);
        }
      } finally {
        await server.stop();
      }
    }
    console.log(`round ${round}/${rounds}`);
  }
  const medianOf = (name: string, of: keyof Cost) => median((costs.get(name) ?? []).map((cost) => cost[of]));
  const cell = (command: string, kind: string, of: keyof Cost) => {
    const [own, peer] = [medianOf(`${command}: ${kind}`, of), medianOf(`${command}: ${kinds[0]?.[0] ?? ''}`, of)];
    return kind === kinds[0]?.[0] ? own.toFixed(2) : `${own.toFixed(2)} (${(peer / own).toFixed(2)})`;
  };
  for (const [of, title] of [
    ['cpuUs', "µs of the server's CPU"],
    ['wallUs', 'µs of the clock'],
  ] as const) {
    const rows = commands.map(([name]) => [name, ...kinds.map(([kind]) => cell(name, kind, of))]);
    console.log(`\n${title} for each request, medians of ${rounds} rounds; in brackets memcached's share of it`);
    console.log(table(['', ...kinds.map(([kind]) => kind)], rows));
  }
}

const commands = [
  ['SET, 1 connection', 'set', 1],
  ['SET, 16 connections', 'set', 16],
  ['GET, 1 connection', 'get', 1],
  ['GET, 16 connections', 'get', 16],
] as const;

async function measured(server: KvServerProcess): Promise<[name: string, cost: Cost][]> {
  const load = { ...server, keys, valueBytes, requests };
  // What Node compiles at first use, and what memcached takes of memory, is nobody's steady cost.
  await runLoad({ ...load, command: 'set', connections: 1 });
  await runLoad({ ...load, command: 'get', connections: 1 });
  const found: [string, Cost][] = [];
  for (const [name, command, connections] of commands) {
    const [cpuMs, began] = [await ownCpuMs(server.pid), performance.now()];
    await runLoad({ ...load, command, connections });
    const wallMs = performance.now() - began;
    found.push([
      name,
      { cpuUs: (((await ownCpuMs(server.pid)) - cpuMs) * 1000) / requests, wallUs: (wallMs * 1000) / requests },
    ]);
  }
  return found;
}

async function benchRestart(program: string, dataDir: string): Promise<void> {
  const first = await startCouchbase(program, dataDir);
  const idleBytes = await residentBytes(first.pid);
  await runLoad({
    ...first,
    command: 'set',
    connections: 4,
    keys: documents,
    valueBytes: documentBytes,
    requests: documents,
  });
  const filledBytes = await residentBytes(first.pid);
  await first.stop('crash');
  const began = performance.now();
  const second = await startCouchbase(program, dataDir);
  const [restartMs, cpuMs, restartedBytes] = [
    performance.now() - began,
    await ownCpuMs(second.pid),
    await residentBytes(second.pid),
  ];
  await runLoad({
    ...second,
    command: 'get',
    connections: 1,
    keys: documents,
    valueBytes: documentBytes,
    requests: documents,
  });
  await second.stop();
  const each = (bytes: number) => `${(bytes / documents).toFixed(0)} bytes`;
  const rows = [
    ['resident, idle', `${(idleBytes / 1e6).toFixed(0)} MB`],
    ['resident for each document, after writing', each(filledBytes - idleBytes)],
    ['resident for each document, after the restart', each(restartedBytes - idleBytes)],
    ['on the disk for each document', each(await bytesBelow(dataDir))],
    ['kill -9 to the first answer', `${seconds(restartMs)} (CPU ${seconds(cpuMs)})`],
  ];
  console.log(`\n${documents} documents of ${documentBytes} bytes, all of them there after kill -9`);
  console.log(table(['', ''], rows));
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
