import { afterEach, beforeEach, expect, test } from 'vitest';
import { vbucketOf } from '#apps/couchbase/src/bucket/vbucket.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/* Range scans packet by packet; what the official SDK makes of them is in sdk-key-value.test.ts. */

const vbucket = 183;
/** Keys of one vBucket, in their order. */
const keys = Array.from({ length: 200_000 }, (_, index) => `k${index}`)
  .filter((key) => vbucketOf(key) === vbucket)
  .sort();

let server: Running;
let client: KvClient;
beforeEach(async () => {
  server = await startRunning();
  client = await KvClient.ready(server.ports.kv);
});
afterEach(() => {
  client.close();
  server.stop();
});

const onVbucket = (request: Buffer, number = vbucket) => {
  request.writeUInt16BE(number, 6);
  return request;
};
const write = (key: string, value = `value of ${key}`) =>
  client.call(packet(opcodes.set, { key: inDefault(key), value, extras: Buffer.from('0200000000000000', 'hex') }));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const all = { range: { start: base64(''), end: base64('\u{10ffff}') } };
const create = (scan: object, number = vbucket) =>
  client.call(onVbucket(packet(opcodes.rangeScanCreate, { value: JSON.stringify(scan) }), number));
const proceed = (id: Buffer, items = 0, bytes = 0, by = client) => {
  const extras = Buffer.alloc(28);
  id.copy(extras);
  extras.writeUInt32BE(items, 16);
  extras.writeUInt32BE(bytes, 24);
  return by.call(onVbucket(packet(opcodes.rangeScanContinue, { extras })));
};
const cancel = (id: Buffer) => client.call(onVbucket(packet(opcodes.rangeScanCancel, { extras: id })));
/** Keys of an answer with keys only. */
const keysIn = (value: Buffer) => {
  const found: string[] = [];
  for (let at = 0; at < value.length; at += 1 + value.readUInt8(at))
    found.push(value.subarray(at + 1, at + 1 + value.readUInt8(at)).toString());
  return found;
};

test('keys in their order, as many at a time as are asked for', async () => {
  for (const key of keys.toReversed()) await write(key);
  await write('of another vBucket');
  const { status, value: id } = await create({ ...all, key_only: true });
  expect([status, id.length]).toEqual([statuses.success, 16]);
  const first = await proceed(id, 5);
  expect([first.status, first.extras.readUInt32BE(0), keysIn(first.value)]).toEqual([
    statuses.rangeScanMore,
    0,
    keys.slice(0, 5),
  ]);
  const rest = await proceed(id);
  expect([rest.status, keysIn(rest.value)]).toEqual([statuses.rangeScanComplete, keys.slice(5)]);
  expect((await proceed(id)).status).toBe(statuses.notFound);
});

test('documents with what is known of them; those that went meanwhile are left out', async () => {
  const [one = '', other = '', third = ''] = keys;
  for (const key of [one, other, third]) await write(key);
  const { value: id } = await create(all);
  await client.call(packet(opcodes.delete, { key: inDefault(other) }));
  const { cas } = await write(third, '{}');
  const { value, extras } = await proceed(id);
  expect(extras.readUInt32BE(0)).toBe(1);
  const second = value.subarray(25 + 1 + one.length + 1 + `value of ${one}`.length);
  expect([second.readUInt32BE(0), second.readBigUInt64BE(8), second.readBigUInt64BE(16), second[24]]).toEqual([
    0x0200_0000,
    5n,
    cas,
    1,
  ]);
  expect(second.subarray(25).toString()).toBe(`${String.fromCharCode(third.length)}${third}\u0002{}`);
});

test('at least one document comes, however few bytes are asked for, and no more than a megabyte', async () => {
  for (const key of keys.slice(0, 5)) await write(key, 'x'.repeat(400_000));
  const { value: id } = await create(all);
  expect((await proceed(id, 0, 1)).value.length).toBeLessThan(401_000);
  const { status, value } = await proceed(id);
  expect(status).toBe(statuses.rangeScanMore);
  expect(value.length).toBeLessThan(1_300_000);
});

test('a range with and without its ends', async () => {
  const [one = '', other = '', third = ''] = keys;
  for (const key of [one, other, third]) await write(key);
  const found = async (range: object) => {
    const { status, value } = await create({ range, key_only: true });
    return status === statuses.success ? keysIn((await proceed(value)).value) : status;
  };
  expect(await found({ start: base64(one), end: base64(third) })).toEqual([one, other, third]);
  expect(await found({ excl_start: base64(one), excl_end: base64(third) })).toEqual([other]);
  expect(await found({ excl_start: base64(third), end: base64('~') })).toBe(statuses.notFound);
});

test('snapshot requirements: history, sequence number, a mutation that is still there', async () => {
  const [key = ''] = keys;
  const { extras } = await write(key);
  const vb_uuid = extras.readBigUInt64BE(0).toString();
  const required = (snapshot_requirements: object) =>
    create({ ...all, snapshot_requirements }).then(({ status }) => status);
  expect(await required({ vb_uuid, seqno: 1 })).toBe(statuses.success);
  expect(await required({ vb_uuid, seqno: 1, seqno_exists: true })).toBe(statuses.success);
  expect(await required({ vb_uuid, seqno: 2 })).toBe(statuses.temporaryFailure);
  expect(await required({ vb_uuid: '1', seqno: 1 })).toBe(statuses.rangeScanOtherHistory);
  await write(key);
  expect(await required({ vb_uuid, seqno: 1, seqno_exists: true })).toBe(statuses.notStored);
});

test.each([
  ['nothing', {}],
  ['a range and a sampling', { ...all, sampling: { samples: 1 } }],
  ['no end', { range: { start: '' } }],
  ['no base64', { range: { start: '*', end: '' } }],
  ['no samples', { sampling: { samples: 0 } }],
  ['a collection that is no number', { ...all, collection: 'x' }],
])('refused: %s', async (_, scan) => {
  expect((await create(scan)).status).toBe(statuses.invalid);
});

test('whose scan it is, and when it ends', async () => {
  for (const key of keys.slice(0, 3)) await write(key);
  expect((await create({ ...all, collection: '9' })).status).toBe(statuses.unknownCollection);
  expect((await create(all, 2000)).status).toBe(statuses.notMyVbucket);
  const { value: id } = await create(all);
  const other = await KvClient.ready(server.ports.kv);
  expect((await proceed(id, 1, 0, other)).status).toBe(statuses.notFound);
  other.close();
  expect((await cancel(id)).status).toBe(statuses.success);
  expect((await cancel(id)).status).toBe(statuses.notFound);
  expect((await proceed(id)).status).toBe(statuses.notFound);
});

test('a scan of a collection that is dropped ends; one of a flushed bucket has nothing left', async () => {
  const rest = (method: string, path: string, form?: Record<string, string>) =>
    ask(
      server.ports.mgmt,
      method,
      `/pools/default/buckets/default${path}`,
      form ? { auth: administrator, form } : { auth: administrator },
    );
  await rest('POST', '/scopes/_default/collections', { name: 'c' });
  const [key = ''] = keys;
  await client.call(
    packet(opcodes.set, { key: Buffer.concat([Buffer.from([8]), Buffer.from(key)]), extras: Buffer.alloc(8) }),
  );
  const { value: id } = await create({ ...all, collection: '8' });
  await rest('DELETE', '/scopes/_default/collections/c');
  expect((await proceed(id)).status).toBe(statuses.unknownCollection);
  expect((await proceed(id)).status).toBe(statuses.notFound);

  await write(key);
  const { value: flushed } = await create(all);
  await rest('POST', '', { flushEnabled: '1', ramQuotaMB: '500' });
  await rest('POST', '/controller/doFlush');
  const { status, value } = await proceed(flushed);
  expect([status, value.length]).toEqual([statuses.rangeScanComplete, 0]);
});

test('256 scans at once and no more, until one ends', async () => {
  await write(keys[0] ?? '');
  const ids: Buffer[] = [];
  for (let n = 0; n < 256; n++) ids.push((await create(all)).value);
  expect((await create(all)).status).toBe(statuses.busy);
  await cancel(ids[0] ?? Buffer.alloc(16));
  expect((await create(all)).status).toBe(statuses.success);
});
