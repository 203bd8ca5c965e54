import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { GenerationName } from '#apps/couchbase/src/cluster/generation.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { cramMd5, plain } from '../support/sasl.ts';

/* Where 4.0 and 7.x answer the same question otherwise. What only one of them has, both have here: an application of any age runs. */

let server: Running;
const open: KvClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
  server.stop();
});
const start = async (generation: GenerationName, bucket: Record<string, string> = {}) => {
  server = await startRunning({ generation, bucket });
};
const connect = async () => {
  const client = await KvClient.open(server.ports.kv);
  open.push(client);
  return client;
};
const get = (path: string, auth?: string) => ask(server.ports.mgmt, 'GET', path, auth === undefined ? {} : { auth });

describe.each([
  ['4.0', '4.0.0-0-coreos-lab-embedded', 262_144, '/index.html', 'SCRAM-SHA512 CRAM-MD5 PLAIN'],
  ['7.6', '7.6.2-0-coreos-lab-embedded', 458_758, '/ui/index.html', 'SCRAM-SHA512 PLAIN'],
] as const)('%s', (generation, version, compatibility, page, mechanisms) => {
  test('says what it plays, wherever it is asked', async () => {
    await start(generation);
    expect((await get('/pools')).json).toMatchObject({ implementationVersion: version, generation });
    const node = { version, clusterCompatibility: compatibility };
    expect((await get('/pools/default', administrator)).json).toMatchObject({ nodes: [node] });
    expect((await get('/pools/default/buckets/default', administrator)).json).toMatchObject({ nodes: [node] });
    expect((await get('/')).headers['location']).toBe(page);
    const client = await connect();
    expect((await client.call(packet(opcodes.version))).value.toString()).toBe(version);
    expect((await client.call(packet(opcodes.saslList))).value.toString()).toBe(mechanisms);
    expect(server.log[0]).toMatch(new RegExp(`plays Couchbase ${generation}$`, 'u'));
  });

  test('users and both ways to set up are in either', async () => {
    await start(generation);
    const form = { password: 'secret-1', roles: 'admin' };
    const path = '/settings/rbac/users/local/jane';
    expect((await ask(server.ports.mgmt, 'PUT', path, { auth: administrator, form })).status).toBe(200);
    expect((await get('/pools/default', 'jane:secret-1')).status).toBe(200);
    expect(await plain(await connect(), 'jane', 'secret-1')).toBe(statuses.success);
  });

  // In 4.0 each bucket has a password, empty where nobody gave one; later none has, but one that was made in the words of that time.
  test.each([
    ['without a word about passwords', {}, generation === '4.0' ? '' : undefined],
    ['with authType=sasl and no password', { authType: 'sasl' }, ''],
    ['with authType=none and a port', { authType: 'none', proxyPort: '11215' }, ''],
    ['with a password', { authType: 'sasl', saslPassword: 'b' }, 'b'],
  ])('a bucket made %s', async (_, bucket, password) => {
    await start(generation, bucket);
    const expected = (given: string) => (given === password ? statuses.success : statuses.authError);
    for (const given of ['', 'b', 'wrong']) {
      const client = await connect();
      expect([given, await plain(client, 'default', given)]).toEqual([given, expected(given)]);
      if (given !== password) continue;
      // The bucket is selected with that, and no other can be.
      expect((await client.call(packet(opcodes.get, { key: 'k' }))).status).toBe(statuses.notFound);
      expect((await client.call(packet(opcodes.selectBucket, { key: 'default' }))).status).toBe(statuses.success);
      expect((await get('/pools/default/buckets/default', `default:${given}`)).status).toBe(200);
      expect((await get('/settings/web', `default:${given}`)).status).toBe(403);
    }
    expect((await get('/pools/default/buckets/default', administrator)).json).toMatchObject({
      saslPassword: password ?? '',
    });
  });

  test.each([
    ['/pools/default/bs/default'],
    ['/pools/default/b/default'],
    ['/pools/default/buckets/default'],
    ['/pools/default/buckets/default/ddocs'],
  ])('%s without a name: only where the bucket has an empty password', async (path) => {
    const status = async (bucket: Record<string, string>) => {
      await start(generation, bucket);
      // The first has no end: what counts is how it begins.
      const answer = await fetch(`http://127.0.0.1:${server.ports.mgmt}${path}`);
      await answer.body?.cancel();
      server.stop();
      return answer.status;
    };
    expect(await status({ authType: 'sasl' })).toBe(200);
    expect(await status({ authType: 'sasl', saslPassword: 'b' })).toBe(401);
  });

  test('the password goes to the administrator only', async () => {
    await start(generation, { authType: 'sasl', saslPassword: 'b' });
    const shown = async (auth: string) =>
      ((await get('/pools/default/buckets/default', auth)).json as { saslPassword: string }).saslPassword;
    expect([await shown(administrator), await shown('default:b')]).toEqual(['b', '']);
  });
});

describe('CRAM-MD5', () => {
  test('is for buckets, users and the administrator of 4.0', async () => {
    await start('4.0', { saslPassword: 'b' });
    const form = { password: 'secret-1', roles: 'admin' };
    await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/jane', { auth: administrator, form });
    for (const [name, password] of [
      ['default', 'b'],
      ['jane', 'secret-1'],
      ['Administrator', 'Password1'],
    ] as const) {
      expect([name, await cramMd5(await connect(), name, password)]).toEqual([name, statuses.success]);
      expect([name, await cramMd5(await connect(), name, `${password}!`)]).toEqual([name, statuses.authError]);
    }
    expect(await cramMd5(await connect(), 'nobody', '')).toBe(statuses.authError);
  });

  test('is not there in 7.x', async () => {
    await start('7.6');
    expect(await cramMd5(await connect(), 'Administrator', 'Password1')).toBe(statuses.authError);
  });
});

describe('a memcached client that does not authenticate', () => {
  const set = packet(opcodes.set, { key: 'k', value: 'v', extras: Buffer.alloc(8) });
  const getKey = packet(opcodes.get, { key: 'k' });

  test('works with the bucket `default` of 4.0', async () => {
    await start('4.0');
    const client = await connect();
    expect((await client.call(set)).status).toBe(statuses.success);
    expect((await client.call(getKey)).value.toString()).toBe('v');
    const pools = await get('/pools/default');
    expect(pools.status).toBe(200);
    expect((await get('/settings/web')).status).toBe(401);
  });

  test.each([
    ['4.0, where it has a password', '4.0', { saslPassword: 'b' }],
    ['4.0, where it has another name', '4.0', { name: 'pets' }],
    ['7.x', '7.6', { authType: 'sasl' }],
  ] as const)('does not in %s', async (_, generation, bucket) => {
    await start(generation, bucket);
    const client = await connect();
    expect((await client.call(set)).status).toBe(statuses.noAccess);
    expect((await client.call(getKey)).status).toBe(statuses.noAccess);
    if (generation === '7.6') expect((await get('/pools/default')).status).toBe(401);
  });
});

test('a bucket that is still loading is selected neither by its name nor by nobody', async () => {
  let now = Date.now();
  server = await startRunning({ generation: '4.0', warmupMs: 60_000, nowMs: () => now });
  const statusOf = async (client: KvClient) => (await client.call(packet(opcodes.get, { key: 'k' }))).status;
  const [named, stranger] = [await connect(), await connect()];
  expect(await plain(named, 'default', '')).toBe(statuses.success);
  expect(await statusOf(named)).toBe(statuses.noBucket);
  expect(await statusOf(stranger)).toBe(statuses.noAccess);
  now += 60_000;
  expect((await named.call(packet(opcodes.selectBucket, { key: 'default' }))).status).toBe(statuses.success);
  expect(await statusOf(named)).toBe(statuses.notFound);
  expect(await statusOf(stranger)).toBe(statuses.notFound);
});

test('the image named after 4.0 plays it', async () => {
  await start('7.6');
  const dockerfile = await readFile(join(import.meta.dirname, '../../../../../apps/couchbase/Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^ENV COUCHBASE_GENERATION=4\.0$/mu);
});
