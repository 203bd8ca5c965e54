import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { setUp } from '../support/set-up.ts';

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

const temporaryFailure = 0x86;

/** A file system of so many MiB that nobody sees but who knows the way to it, until the test ends. */
async function smallDisk(mebibytes: number): Promise<string> {
  const script = `mount -t tmpfs -o size=${mebibytes}m small-disk /mnt && echo mounted && exec sleep 600`;
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  onTestFinished(async () => {
    holder.kill('SIGKILL');
    await ended;
  });
  await once(holder.stdout, 'data');
  return `/proc/${holder.pid ?? 0}/root/mnt`;
}

async function start(dataDir: string): Promise<ServerProcess> {
  const server = await startServerProcess(bundles.server, { env: { COUCHBASE_DATA_DIR: dataDir } });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  return server;
}

const set = (key: string, bytes: number) =>
  packet(opcodes.set, { key: inDefault(key), value: key.padEnd(bytes, 'x'), extras: Buffer.alloc(8) });
const get = (key: string) => packet(opcodes.get, { key: inDefault(key) });
const isRoot = process.getuid?.() === 0;

// Only root can make a file system; a quota of disk space looks the same to the server.
test.skipIf(!isRoot)(
  'on a full disk writes fail for the time being, and nothing that was acknowledged is lost',
  async () => {
    const dataDir = await smallDisk(6);
    const server = await start(dataDir);
    await setUp(server.ports.mgmt, 400);
    const auth = administrator;
    const form = { name: 'default', ramQuotaMB: '300', replicaNumber: '0', flushEnabled: '1' };
    await ask(server.ports.mgmt, 'POST', '/pools/default/buckets', { auth, form });
    const client = await KvClient.ready(server.ports.kv);
    const stored: string[] = [];
    let status = 0;
    while (status === 0) {
      const key = `key-${stored.length}`;
      ({ status } = await client.call(set(key, 100_000)));
      if (status === 0) stored.push(key);
    }
    expect([status, stored.length > 10]).toEqual([temporaryFailure, true]);
    // Smaller ones fit a while longer.
    for (const bytes of [1000, 1]) while ((await client.call(set('s', bytes))).status === 0);
    const erase = packet(opcodes.delete, { key: inDefault('key-0') });
    expect((await client.call(erase)).status).toBe(temporaryFailure);
    // A change that was refused was not made: a client that repeats it counts once.
    const increment = packet(opcodes.increment, {
      key: inDefault('count'),
      extras: Buffer.from('0000000000000001000000000000000100000000', 'hex'),
    });
    expect((await client.call(increment)).status).toBe(temporaryFailure);
    expect((await client.call(get('count'))).status).toBe(1);

    await server.stop('SIGKILL');
    const second = await start(dataDir);
    const after = await KvClient.ready(second.ports.kv);
    for (const key of stored) expect((await after.call(get(key))).value.length).toBe(100_000);
    // An administrator has some room left, and makes more of it.
    const flushed = await ask(second.ports.mgmt, 'POST', '/pools/default/buckets/default/controller/doFlush', { auth });
    expect(flushed.status).toBe(200);
    const deadline = Date.now() + 30_000;
    while ((await after.call(set('again', 500_000))).status !== 0 && Date.now() < deadline) await passed(20);
    await second.stop('SIGKILL');
    const third = await start(dataDir);
    const last = await KvClient.ready(third.ports.kv);
    expect((await last.call(get('again'))).value.length).toBe(500_000);
    expect((await last.call(get('key-0'))).status).toBe(1);
  },
);
