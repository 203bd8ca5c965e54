import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, type Bundles } from '../support/bundles.ts';
import { dataDirectory } from '../support/data-directory.ts';
import { KvClient, inDefault, packet } from '../support/kv-client.ts';
import { runNode } from '../support/process.ts';
import { startServerProcess } from '../support/server-process.ts';
import { createBucket, setUp } from '../support/set-up.ts';

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

/** Starts a server that is expected to end at once. */
const refused = (dataDir: string) =>
  runNode([
    bundles.server,
    '--bind=127.0.0.1',
    '--kv-port=0',
    '--mgmt-port=0',
    '--capi-port=0',
    `--data-dir=${dataDir}`,
  ]);

test('a directory that another server holds: 73, until that one is dead', async () => {
  const dataDir = dataDirectory();
  const env = { COUCHBASE_DATA_DIR: dataDir };
  const server = await startServerProcess(bundles.server, { env });
  const { code, stderr } = await refused(dataDir);
  expect([code, stderr]).toEqual([73, expect.stringContaining(`${dataDir} is held by another server`)]);
  await server.stop('SIGKILL');
  const next = await startServerProcess(bundles.server, { env });
  await next.stop();
});

test('of servers that start at the same moment on what a dead one left, one gets it', async () => {
  const dataDir = dataDirectory();
  const env = { COUCHBASE_DATA_DIR: dataDir };
  await (await startServerProcess(bundles.server, { env })).stop('SIGKILL');
  const starts = await Promise.allSettled(Array.from({ length: 4 }, () => startServerProcess(bundles.server, { env })));
  const started = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await Promise.all(started.map((server) => server.stop()));
  expect(started.length).toBe(1);
  expect(readdirSync(dataDir).toSorted()).toEqual(['cluster', 'format', 'lock']);
});

test('a directory of another version, and one of other things: 74, and nothing is changed', async () => {
  const dataDir = dataDirectory();
  writeFileSync(join(dataDir, 'format'), 'coreos-lab embedded Couchbase, data format 2\n');
  const other = await refused(dataDir);
  expect([other.code, other.stderr]).toEqual([74, expect.stringContaining('is of another version')]);
  const documents = dataDirectory();
  writeFileSync(join(documents, 'thesis.tex'), 'do not touch');
  const wrong = await refused(documents);
  expect([wrong.code, wrong.stderr]).toEqual([74, expect.stringContaining('thesis.tex')]);
  expect(readFileSync(join(documents, 'thesis.tex'), 'utf8')).toBe('do not touch');
});

test('a directory that cannot be made: 77', async () => {
  const file = join(dataDirectory(), 'file');
  writeFileSync(file, '');
  const { code, stderr } = await refused(join(file, 'data'));
  expect([code, stderr]).toEqual([77, expect.stringContaining(`${join(file, 'data')} cannot be used: ENOTDIR`)]);
});

test('a damaged log: 67, with file, offset and what to do; a torn end: one line, and the server is up', async () => {
  const dataDir = dataDirectory();
  const env = { COUCHBASE_DATA_DIR: dataDir };
  const server = await startServerProcess(bundles.server, { env });
  await setUp(server.ports.mgmt, 400);
  await createBucket(server.ports.mgmt, 'default');
  const client = await KvClient.ready(server.ports.kv);
  for (const key of ['first', 'second', 'third'])
    await client.call(packet(0x01, { key: inDefault(key), value: `value of ${key}`, extras: Buffer.alloc(8) }));
  await server.stop('SIGKILL');
  const [uuid = ''] = readdirSync(join(dataDir, 'buckets'));
  const log = join(dataDir, 'buckets', uuid, '00000001.log');
  const bytes = readFileSync(log);
  const at = bytes.indexOf('value of second');
  writeFileSync(log, Buffer.from(bytes).fill(0x21, at, at + 1));
  const damaged = await refused(dataDir);
  expect(damaged.code).toBe(67);
  expect(damaged.stderr).toMatch(new RegExp(`${log} is damaged at offset \\d+: `, 'u'));
  expect(damaged.stderr).toContain('restore the data directory from a copy');

  const lastAt = bytes.indexOf('value of third');
  writeFileSync(log, Buffer.from(bytes).fill(0, lastAt + 3));
  const next = await startServerProcess(bundles.server, { env });
  const line = await next.logged(/were cut off/u);
  expect(line).toMatch(new RegExp(`warn ${log}: \\d+ bytes at offset \\d+ were cut off`, 'u'));
  const reader = await KvClient.ready(next.ports.kv);
  const statuses: number[] = [];
  for (const key of ['first', 'second', 'third'])
    statuses.push((await reader.call(packet(0x00, { key: inDefault(key) }))).status);
  expect(statuses).toEqual([0, 0, 1]);
  await next.stop();
});
