import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { dataDirectory } from '../support/data-directory.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { sdkResults, sdkScript } from '../support/sdk-results.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { setUp } from '../support/set-up.ts';

/* A data directory as the official SDK 4.7.1 sees it. */

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

async function start(dataDir: string, ports?: ServerProcess['ports']): Promise<ServerProcess> {
  const env = { COUCHBASE_DATA_DIR: dataDir };
  const server = await startServerProcess(bundles.server, ports === undefined ? { env } : { env, ports });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  return server;
}

async function createBucket({ ports }: ServerProcess, name: string, form: Record<string, string>): Promise<void> {
  const wanted = { name, ramQuotaMB: '100', ...form };
  const { status } = await ask(ports.mgmt, 'POST', '/pools/default/buckets', { auth: administrator, form: wanted });
  expect(status).toBe(202);
}

test('durability levels and persistTo, of a bucket with a disk and of one without', async () => {
  const server = await start(dataDirectory());
  await setUp(server.ports.mgmt, 500);
  await createBucket(server, 'alone', { replicaNumber: '0' });
  await createBucket(server, 'ephemeral', { replicaNumber: '0', bucketType: 'ephemeral' });
  await createBucket(server, 'replicated', { replicaNumber: '1' });
  const found = await sdkResults(server.ports.kv, 'durability');
  const persisted = ['MajorityAndPersistOnMaster', 'PersistToMajority'];
  for (const level of persisted) {
    expect(found[`alone: ${level}`]).toBe('done');
    expect(found[`ephemeral: ${level}`]).toBe('DurabilityLevelNotAvailableError');
    expect(found[`replicated: ${level}`]).toBe('DurabilityImpossibleError');
  }
  expect(found['alone: persisted to one, as clients of 6.5 ask']).toBe('done');
});

test('after kill -9 a client finds what it wrote, by the connection that it had', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  await setUp(first.ports.mgmt, 500);
  await createBucket(first, 'default', { replicaNumber: '0' });
  const child = spawn(process.execPath, [...sdkScript, String(first.ports.kv), 'restart'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface({ input: child.stdout });
  expect(await once(lines, 'line')).toEqual(['ready']);
  await first.stop('SIGKILL');
  const second = await start(dataDir, first.ports);
  const answer = once(lines, 'line') as Promise<[string]>;
  child.stdin.write('restarted\n');
  const found = JSON.parse((await answer)[0]) as Record<string, unknown>;
  expect(found).toMatchObject({ written: true, 'read new': 1 });
  expect(found['read old']).not.toBe('DocumentNotFoundError');
  const client = await KvClient.ready(second.ports.kv);
  expect((await client.call(packet(opcodes.get, { key: inDefault('before') }))).value.toString()).toBe('1');
});
