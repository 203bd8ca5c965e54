import { expect, onTestFinished, test } from 'vitest';
import type { GenerationName } from '#apps/couchbase/src/cluster/generation.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { encodeLeb128 } from '#apps/couchbase/src/wire/leb128.ts';
import { dataDirectory } from '../support/data-directory.ts';
import { inDefault, KvClient, packet, type RawAnswer } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { cramMd5, plain } from '../support/sasl.ts';

const auth = administrator;
let now = Date.now();
const nowMs = () => now;

async function start(dataDir: string, args: Parameters<typeof startRunning>[0] = {}): Promise<Running> {
  const running = await startRunning({ dataDir, nowMs, ...args });
  onTestFinished(() => running.stop());
  return running;
}

/** The same directory once more, after the first server has ended. */
async function again(running: Running, dataDir: string, generation: GenerationName = '7.6'): Promise<Running> {
  running.stop();
  return start(dataDir, { initialise: false, generation });
}

const extras = (flags: number, expiry: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(flags, 0);
  bytes.writeUInt32BE(expiry, 4);
  return bytes;
};
const set = (key: Buffer | string, value: string, args: { flags?: number; expiry?: number } = {}) =>
  packet(opcodes.set, {
    key: typeof key === 'string' ? inDefault(key) : key,
    value,
    extras: extras(args.flags ?? 0, args.expiry ?? 0),
  });
const get = (key: string) => packet(opcodes.get, { key: inDefault(key) });
const erase = (key: string) => packet(opcodes.delete, { key: inDefault(key) });
/** Deleted, flags, expiry, revision, datatype, and the CAS. */
const meta = async (client: KvClient, key: string) => {
  const {
    extras: bytes,
    cas,
    status,
  } = await client.call(packet(opcodes.getMeta, { key: inDefault(key), extras: Buffer.from([2]) }));
  return { status, bytes: bytes.toString('hex'), cas };
};
const token = ({ extras: bytes }: RawAnswer) => ({ uuid: bytes.readBigUInt64BE(0), seqno: bytes.readBigUInt64BE(8) });

test('documents come back with all that belongs to them, and their numbers go on', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  const before = await KvClient.ready(first.ports.kv, 'default', [0x04, 0x06, 0x10, 0x12]);
  const written = await before.call(set('kept', 'v\u00fc\0', { flags: 0x0200_0006, expiry: 5000 }));
  await before.call(set('kept', '{"n":1}', { flags: 7, expiry: 5000 }));
  await before.call(set('gone', 'x'));
  const gone = await before.call(erase('gone'));
  await before.call(set('large', 'y'.repeat(3_000_000)));
  // Upsert of the attribute `_a.b`, its parents made.
  const pathSpec = Buffer.concat([Buffer.from([0xc8, 0x05, 0, 4, 0, 0, 0, 2]), Buffer.from('_a.b{}')]);
  const xattr = await before.call(packet(opcodes.subdocMultiMutation, { key: inDefault('kept'), value: pathSpec }));
  expect(xattr.status).toBe(0);
  const found = await meta(before, 'kept');
  const tombstone = await meta(before, 'gone');
  expect(tombstone.bytes.slice(0, 8)).toBe('00000001');

  const second = await again(first, dataDir);
  const after = await KvClient.ready(second.ports.kv);
  expect(await meta(after, 'kept')).toEqual(found);
  expect(await meta(after, 'gone')).toEqual(tombstone);
  expect((await after.call(get('kept'))).value.toString()).toBe('{"n":1}');
  expect((await after.call(get('large'))).value.length).toBe(3_000_000);
  const rewritten = await after.call(set('gone', 'back'));
  expect(token(rewritten)).toEqual({ uuid: token(gone).uuid, seqno: token(gone).seqno + 1n });
  expect(rewritten.cas).toBeGreaterThan(found.cas);
  expect(token(written).uuid).not.toBe(0n);
});

test('CAS and the cluster map only go forward, whatever the clock does across a restart', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  const before = await KvClient.ready(first.ports.kv);
  await before.call(set('k', '1'));
  const map = async (client: KvClient) => {
    const { revEpoch, rev } = JSON.parse((await client.call(packet(opcodes.getClusterConfig))).value.toString()) as {
      revEpoch: number;
      rev: number;
    };
    return [revEpoch, rev] as const;
  };
  const mapBefore = await map(before);
  // The CAS of a lock is no stored document's.
  const locked = await before.call(packet(opcodes.getLocked, { key: inDefault('k') }));
  now -= 3_600_000;
  onTestFinished(() => void (now += 3_600_000));
  const second = await again(first, dataDir);
  const after = await KvClient.ready(second.ports.kv);
  const written = await after.call(set('k', '2'));
  expect([written.status, written.cas > locked.cas]).toEqual([0, true]);
  const mapAfter = await map(after);
  expect(mapAfter[0]).toBeGreaterThan(mapBefore[0]);
});

test('buckets, settings, users, collections and design documents come back; what was dropped and flushed does not', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir, { bucket: { flushEnabled: '1', maxTTL: '9000' }, generation: '4.0' });
  const { mgmt, capi } = first.ports;
  const change = (method: string, path: string, form: Record<string, string> = {}) =>
    ask(mgmt, method, path, { auth, form });
  const bucket = '/pools/default/buckets/default';
  await change('POST', '/pools/default', { memoryQuota: '900', clusterName: 'chapter six' });
  await change('POST', '/settings/autoFailover', { enabled: 'true', timeout: '77' });
  await change('PUT', '/settings/rbac/users/local/tim', {
    password: 'tanstaaf',
    roles: 'data_reader[*],data_writer[*]',
  });
  await change('PUT', '/settings/rbac/groups/readers', { roles: 'ro_admin' });
  await change('POST', '/pools/default/buckets', { name: 'short-lived', ramQuotaMB: '100', replicaNumber: '0' });
  await change('DELETE', '/pools/default/buckets/short-lived');
  for (const scope of ['shop', 'old']) await change('POST', `${bucket}/scopes`, { name: scope });
  await change('POST', `${bucket}/scopes/shop/collections`, { name: 'orders', maxTTL: '600' });
  await change('POST', `${bucket}/scopes/old/collections`, { name: 'things' });
  const client = await KvClient.ready(first.ports.kv);
  const inOrders = Buffer.concat([encodeLeb128(8), Buffer.from('o1')]);
  const inThings = Buffer.concat([encodeLeb128(9), Buffer.from('t1')]);
  const beforeFlush = token(await client.call(set('k', 'flushed')));
  await change('POST', `${bucket}/controller/doFlush`);
  for (const key of [inOrders, inThings]) expect((await client.call(set(key, 'here'))).status).toBe(0);
  await change('DELETE', `${bucket}/scopes/old`);
  const view = { views: { v: { map: 'function (doc, meta) { emit(meta.id, null); }' } } };
  for (const name of ['kept', 'dropped']) await ask(capi, 'PUT', `/default/_design/${name}`, { auth, json: view });
  await ask(capi, 'DELETE', '/default/_design/dropped', { auth });
  const pages = [
    '/pools/default/buckets/default/scopes',
    '/pools/default/buckets/default/ddocs',
    '/settings/rbac/users',
    '/settings/rbac/groups',
    '/settings/autoFailover',
    '/settings/web',
  ];
  const shown = async (port: number) =>
    Promise.all(pages.map(async (page) => (await ask(port, 'GET', page, { auth })).json));
  const told = await shown(mgmt);
  const uuid = async (port: number) => ((await ask(port, 'GET', bucket, { auth })).json as { uuid: string }).uuid;
  const known = await uuid(mgmt);

  const second = await again(first, dataDir, '4.0');
  expect(await shown(second.ports.mgmt)).toEqual(
    told.map((page) => JSON.parse(JSON.stringify(page).replaceAll(String(mgmt), String(second.ports.mgmt))) as unknown),
  );
  expect(await uuid(second.ports.mgmt)).toBe(known);
  const pool = (await ask(second.ports.mgmt, 'GET', '/pools/default', { auth })).json;
  expect(pool).toMatchObject({ memoryQuota: 900, clusterName: 'chapter six' });
  const buckets = (await ask(second.ports.mgmt, 'GET', '/pools/default/buckets', { auth })).json;
  expect(buckets).toMatchObject([{ name: 'default', maxTTL: 9000, basicStats: { itemCount: 1 } }]);
  const after = await KvClient.ready(second.ports.kv);
  expect((await after.call(packet(opcodes.get, { key: inOrders }))).value.toString()).toBe('here');
  expect((await after.call(packet(opcodes.get, { key: inThings }))).status).toBe(0x88);
  expect((await after.call(get('k'))).status).toBe(1);
  // The history that was flushed is over; its numbers begin anew.
  const written = token(await after.call(set('k', 'anew')));
  expect(written.uuid).not.toBe(beforeFlush.uuid);
  expect(written.seqno).toBe(1n);
  // Passwords by each mechanism, of a user and of the administrator.
  for (const logIn of [plain, cramMd5]) {
    const stranger = await KvClient.open(second.ports.kv);
    expect(await logIn(stranger, 'tim', 'tanstaaf')).toBe(0);
    expect(await logIn(await KvClient.open(second.ports.kv), 'tim', 'wrong')).toBe(0x20);
  }
});

test('an ephemeral bucket comes back empty, with another history', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir, { bucket: { bucketType: 'ephemeral' } });
  const before = await KvClient.ready(first.ports.kv);
  const written = token(await before.call(set('k', '1')));
  const second = await again(first, dataDir);
  const after = await KvClient.ready(second.ports.kv);
  expect((await after.call(get('k'))).status).toBe(1);
  expect(token(await after.call(set('k', '1'))).uuid).not.toBe(written.uuid);
});

test('a document whose time ends while the server is down is gone', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  const before = await KvClient.ready(first.ports.kv);
  await before.call(set('k', '1', { expiry: 100 }));
  now += 101_000;
  const after = await KvClient.ready((await again(first, dataDir)).ports.kv);
  expect((await after.call(get('k'))).status).toBe(1);
});

test('a durable write is answered when it is on the disk, and in its turn', async () => {
  const dataDir = dataDirectory();
  const client = await KvClient.ready((await start(dataDir)).ports.kv);
  const durable = (key: string, level: number) =>
    packet(opcodes.set, { key: inDefault(key), value: '1', extras: extras(0, 0), framing: Buffer.from([0x11, level]) });
  const observe = (uuid: bigint) => {
    const value = Buffer.alloc(8);
    value.writeBigUInt64BE(uuid);
    const request = packet(opcodes.observeSeqno, { value });
    request.writeUInt16BE(791, 6);
    return request;
  };
  const persisted = ({ value }: RawAnswer) => value.readBigUInt64BE(11);
  const { uuid } = token(await client.call(durable('rsvp-101', 1)));
  expect(persisted(await client.call(observe(uuid)))).toBe(0n);
  for (const level of [2, 3]) {
    // In one segment: what is behind it is answered behind it, and sees the disk as it was asked for.
    client.socket.write(Buffer.concat([durable('rsvp-101', level), get('rsvp-101'), get('none')]));
    const [written, read, none] = [await client.answer(), await client.answer(), await client.answer()];
    expect([written.status, read.value.toString(), none.status]).toEqual([0, '1', 1]);
    expect(persisted(await client.call(observe(uuid)))).toBe(token(written).seqno);
  }
});

test('OBSERVE and OBSERVE_SEQNO tell of the disk what is on it', async () => {
  const dataDir = dataDirectory();
  const client = await KvClient.ready((await start(dataDir)).ports.kv);
  const { uuid } = token(await client.call(set('rsvp-101', '1')));
  const vbucket = 791;
  const state = async () => {
    const key = inDefault('rsvp-101');
    const asked = Buffer.alloc(4);
    asked.writeUInt16BE(vbucket, 0);
    asked.writeUInt16BE(key.length, 2);
    const { value } = await client.call(packet(opcodes.observe, { value: Buffer.concat([asked, key]) }));
    return value[4 + key.length];
  };
  const uuidBytes = Buffer.alloc(8);
  uuidBytes.writeBigUInt64BE(uuid);
  const seqnos = async () => {
    const request = packet(opcodes.observeSeqno, { value: uuidBytes });
    request.writeUInt16BE(vbucket, 6);
    const { value } = await client.call(request);
    return [value.readBigUInt64BE(11), value.readBigUInt64BE(19)];
  };
  const states = [await state()];
  while (states.at(-1) === 0) states.push(await state());
  expect([...new Set(states)]).toEqual([0, 1]);
  expect(await seqnos()).toEqual([1n, 1n]);
  await client.call(erase('rsvp-101'));
  const afterwards = [await state()];
  while (afterwards.at(-1) === 0x81) afterwards.push(await state());
  expect([...new Set(afterwards)]).toEqual([0x81, 0x80]);
  expect(await seqnos()).toEqual([2n, 2n]);
});
