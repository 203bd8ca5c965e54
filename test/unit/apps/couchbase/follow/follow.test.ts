import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { dataDirectory } from '../support/data-directory.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { createBucket, setUp } from '../support/set-up.ts';

/* One server follows another: real processes, and what becomes of both when one of them dies. */

vi.setConfig({ testTimeout: 240_000 });

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

interface Settings {
  readonly dataDir?: string;
  readonly follow?: string;
  readonly ports?: ServerProcess['ports'];
}

async function start({ dataDir, follow, ports }: Settings): Promise<ServerProcess> {
  const env = { COUCHBASE_DATA_DIR: dataDir ?? '', COUCHBASE_FOLLOW: follow ?? '' };
  const server = await startServerProcess(bundles.server, ports === undefined ? { env } : { env, ports });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  return server;
}

async function startOrigin(settings: Settings = {}): Promise<ServerProcess> {
  const origin = await start(settings);
  await setUp(origin.ports.mgmt, 400);
  await createBucket(origin.ports.mgmt, 'default');
  return origin;
}

const urlOf = ({ ports }: ServerProcess) => `http://${administrator}@127.0.0.1:${ports.mgmt}`;
const get = async ({ ports }: ServerProcess, path: string) =>
  (await ask(ports.mgmt, 'GET', path, { auth: administrator })).json;

interface Status {
  readonly following: boolean;
  readonly problem?: string;
  readonly buckets: readonly { readonly streaming: boolean; readonly behind: number }[];
}
const statusOf = async (server: ServerProcess) => (await get(server, '/follow')) as Status;

/** Waits until it is so; after a minute the last value says what was there instead. */
async function until<Value>(look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const value = await look();
    if (isRight(value)) return value;
    if (Date.now() > deadline) throw new Error(`not so within a minute; last seen: ${JSON.stringify(value)}`);
    await passed(50);
  }
}

/** Waits until the follower has every change that its origin, which is at rest, has. */
async function caughtUp(origin: ServerProcess, follower: ServerProcess): Promise<void> {
  const changes = async (server: ServerProcess) =>
    ((await get(server, '/follow/state')) as { buckets: { changes: number }[] }).buckets.map((one) => one.changes);
  const wanted = JSON.stringify(await changes(origin));
  await until(
    () => changes(follower),
    (found) => JSON.stringify(found) === wanted,
  );
}

async function promote({ ports }: ServerProcess): Promise<void> {
  const { status, body } = await ask(ports.mgmt, 'POST', '/follow/promote', { auth: administrator });
  expect({ status, body }).toEqual({ status: 200, body: '{"following":false}' });
}

/** All documents of the default collection, with CAS, expiry and revision. */
async function documentsOf(server: ServerProcess): Promise<string> {
  const path = '/pools/default/buckets/default/docs?limit=1000&include_docs=true';
  const { status, body } = await ask(server.ports.mgmt, 'GET', path, { auth: administrator });
  expect(status).toBe(200);
  return body;
}

const key = (text: string) => ({ key: inDefault(text) });
const set = (name: string, value: string, expiryS = 0) =>
  packet(opcodes.set, { ...key(name), value, extras: Buffer.from([0, 0, 0, 7, 0, 0, 0, expiryS]) });
const remove = (name: string) => packet(opcodes.delete, key(name));

/** Writes and deletes some hundred keys time and again, until it is told to end or the connection is gone. */
function load({ ports }: ServerProcess): { writes: number; end(): Promise<void> } {
  let isOver = false;
  const counted = { writes: 0, end: () => ((isOver = true), running) };
  const running = (async () => {
    const client = await KvClient.ready(ports.kv);
    try {
      while (!isOver) {
        const batch = Array.from({ length: 20 }, (_, index) => (counted.writes * 7 + index * 31) % 300);
        const request = (number: number) =>
          number % 9 === 0 ? remove(`k${number}`) : set(`k${number}`, `${counted.writes}:`.padEnd(number * 10, 'x'));
        client.socket.write(Buffer.concat(batch.map(request)));
        for (const _ of batch) await client.answer();
        counted.writes += batch.length;
      }
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'connection closed') throw error;
    }
    client.close();
  })();
  return counted;
}

const written = (work: { writes: number }, more: number) => {
  const wanted = work.writes + more;
  return until(
    () => Promise.resolve(work.writes),
    (writes) => writes >= wanted,
  );
};

test('a follower converges under load, is closed to clients, and has all of it when it is promoted', async () => {
  const origin = await startOrigin();
  const work = load(origin);
  await written(work, 500);
  const follower = await start({ follow: urlOf(origin) });
  await until(
    () => statusOf(follower),
    ({ buckets }) => buckets[0]?.streaming === true,
  );

  // What comes while it follows: a collection, a user, a view, attributes, a large document, one that ends by itself.
  const scopes = '/pools/default/buckets/default/scopes';
  const as = { auth: administrator };
  await ask(origin.ports.mgmt, 'POST', scopes, { ...as, form: { name: 's' } });
  await ask(origin.ports.mgmt, 'POST', `${scopes}/s/collections`, { ...as, form: { name: 'c' } });
  const user = { password: 'secret-1', roles: 'bucket_full_access[default]' };
  await ask(origin.ports.mgmt, 'PUT', '/settings/rbac/users/local/jane', { ...as, form: user });
  const json = { views: { v: { map: 'function (doc, meta) { emit(meta.id); }' } } };
  await ask(origin.ports.capi, 'PUT', '/default/_design/d', { ...as, json });
  const client = await KvClient.ready(origin.ports.kv, 'default', [0x06, 0x12]);
  // The first collection that anybody makes has the number 8.
  const inCollection = packet(opcodes.set, { key: '\u0008one', value: 'x', extras: Buffer.alloc(8) });
  const attribute = { ...key('attributed'), extras: Buffer.from([0, 1, 4]), value: 'a{"b":"ü"}' };
  for (const request of [
    inCollection,
    set('large', 'y'.repeat(3_000_000)),
    set('attributed', '{}'),
    packet(subdocOpcodes.dictUpsert, attribute),
    set('short', '1', 1),
    set('gone', '1'),
    remove('gone'),
  ])
    expect((await client.call(request)).status).toBe(statuses.success);

  const closed = await KvClient.ready(follower.ports.kv);
  expect((await closed.call(packet(opcodes.get, key('large')))).status).toBe(statuses.noBucket);
  closed.close();
  const form = { name: 'own', ramQuotaMB: '100' };
  const refused = await ask(follower.ports.mgmt, 'POST', '/pools/default/buckets', { ...as, form });
  expect([refused.status, refused.body]).toEqual([503, expect.stringContaining('follows another one')]);
  expect((await ask(follower.ports.mgmt, 'POST', '/follow/promote')).status).toBe(401);
  expect((await ask(origin.ports.mgmt, 'GET', '/follow/state', { auth: 'jane:secret-1' })).status).toBe(403);

  await written(work, 2000);
  await work.end();
  await until(
    async () => (await client.call(packet(opcodes.get, key('short')))).status,
    (status) => status === statuses.notFound,
  );
  await caughtUp(origin, follower);
  await promote(follower);
  expect(await statusOf(follower)).toMatchObject({ following: false });
  expect(await documentsOf(follower)).toBe(await documentsOf(origin));
  const promoted = await KvClient.ready(follower.ports.kv, 'default', [0x06, 0x12]);
  const look = packet(subdocOpcodes.get, { ...key('attributed'), extras: Buffer.from([0, 1, 4]), value: 'a' });
  for (const request of [packet(opcodes.get, { key: '\u0008one' }), packet(opcodes.get, key('large')), look]) {
    const [here, there] = [await promoted.call(request), await client.call(request)];
    expect(here.status).toBe(statuses.success);
    expect([here.value.equals(there.value), here.cas]).toEqual([true, there.cas]);
  }
  expect((await promoted.call(set('own', '1'))).status).toBe(statuses.success);
  promoted.close();
  client.close();
  const view = await ask(follower.ports.capi, 'GET', '/default/_design/d', { auth: 'jane:secret-1' });
  expect(view.status).toBe(200);
});

test('either may die by kill -9 under load, and the follower goes on where it was', async () => {
  const [ofOrigin, ofFollower] = [dataDirectory(), dataDirectory()];
  let origin = await startOrigin({ dataDir: ofOrigin });
  let follower = await start({ dataDir: ofFollower, follow: urlOf(origin) });
  let work = load(origin);
  for (const who of ['follower', 'origin', 'follower'] as const) {
    await until(
      () => statusOf(follower),
      ({ buckets }) => buckets[0]?.streaming === true,
    );
    await written(work, 1000);
    const { ports } = who === 'origin' ? origin : follower;
    if (who === 'origin') {
      await origin.stop('SIGKILL');
      await work.end();
      origin = await start({ dataDir: ofOrigin, ports });
      work = load(origin);
    } else {
      await follower.stop('SIGKILL');
      follower = await start({ dataDir: ofFollower, ports, follow: urlOf(origin) });
    }
    await written(work, 1000);
  }
  await work.end();
  await caughtUp(origin, follower);
  expect(follower.log.filter((line) => line.includes('come anew'))).toEqual([]);
  await promote(follower);
  expect(await documentsOf(follower)).toBe(await documentsOf(origin));
});

test('what an origin had alone when it died goes when it follows the one that was promoted', async () => {
  const [ofFirst, ofSecond] = [dataDirectory(), dataDirectory()];
  const first = await startOrigin({ dataDir: ofFirst });
  const origin = urlOf(first);
  let second = await start({ dataDir: ofSecond, follow: origin });
  let client = await KvClient.ready(first.ports.kv);
  for (let number = 0; number < 50; number++) await client.call(set(`both-${number}`, 'of the first'));
  await until(
    () => statusOf(second),
    ({ buckets }) => buckets.length > 0,
  );
  await caughtUp(first, second);
  await second.stop('SIGKILL');
  // 183 is the vBucket of "a".
  const alone = await client.call(set('a', 'nobody else heard of it'));
  expect(alone.status).toBe(statuses.success);
  client.close();
  await first.stop('SIGKILL');

  second = await start({ dataDir: ofSecond, follow: origin, ports: second.ports });
  await promote(second);
  client = await KvClient.ready(second.ports.kv);
  const { extras } = await client.call(set('a', 'of the second'));
  expect(extras.readBigUInt64BE(0)).not.toBe(alone.extras.readBigUInt64BE(0));
  await client.call(remove('both-1'));
  const { value: failovers } = await client.call(packet(0x54, { vbucket: 183 }));
  // The history of its own, then the first's, as the first told it.
  expect(failovers.length).toBe(32);
  expect([failovers.readBigUInt64BE(0), failovers.readBigUInt64BE(16)]).toEqual([
    extras.readBigUInt64BE(0),
    alone.extras.readBigUInt64BE(0),
  ]);
  client.close();

  // A restart with the same flags does not undo the promotion.
  await second.stop('SIGKILL');
  second = await start({ dataDir: ofSecond, follow: origin, ports: second.ports });
  expect(await statusOf(second)).toMatchObject({ following: false });

  const again = await start({ dataDir: ofFirst, follow: urlOf(second) });
  await again.logged(/had changes that its origin does not have/u);
  await until(
    () => statusOf(again),
    ({ buckets }) => buckets[0]?.streaming === true,
  );
  await caughtUp(second, again);
  await promote(again);
  expect(await documentsOf(again)).toBe(await documentsOf(second));
});

test('an origin that comes back empty, or is another cluster, takes nothing from its follower', async () => {
  const origin = await startOrigin();
  const client = await KvClient.ready(origin.ports.kv);
  await client.call(set('kept', '1'));
  client.close();
  const follower = await start({ follow: urlOf(origin) });
  await until(
    () => statusOf(follower),
    ({ buckets }) => buckets[0]?.streaming === true,
  );
  await caughtUp(origin, follower);
  await origin.stop('SIGKILL');
  const empty = await start({ ports: origin.ports });
  const isOf = (words: RegExp) => (status: Status) => words.test(status.problem ?? '');
  await until(() => statusOf(follower), isOf(/not set up/u));
  await setUp(empty.ports.mgmt, 400);
  await until(() => statusOf(follower), isOf(/another cluster/u));
  await promote(follower);
  expect(await documentsOf(follower)).toContain('kept');
});
