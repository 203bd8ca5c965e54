import { afterEach, beforeEach, expect, test } from 'vitest';
import { dcpOpcodes, opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet, type RawAnswer } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { plain } from '../support/sasl.ts';

/* Streams of changes, as a consumer of any make asks for them. "a" is in vBucket 183. */

let server: Running;
let client: KvClient;
let consumer: KvClient;
beforeEach(async () => {
  server = await startRunning({ bucket: { flushEnabled: '1' } });
  client = await KvClient.ready(server.ports.kv);
  consumer = await KvClient.ready(server.ports.kv, 'default', [0x06, 0x12]);
});
afterEach(() => {
  client.close();
  consumer.close();
  server.stop();
});

const set = (key: string, value: string, expiryS = 0) =>
  client.call(packet(opcodes.set, { key: inDefault(key), value, extras: Buffer.from([0, 0, 0, 0, 0, 0, 0, expiryS]) }));
const open = (flags = 0x25, from = consumer) => {
  const extras = Buffer.alloc(8);
  extras.writeUInt32BE(flags, 4);
  return from.call(packet(dcpOpcodes.open, { key: 'a test', extras }));
};
const control = (key: string, value: string) => consumer.call(packet(dcpOpcodes.control, { key, value }));
const forever = 0xffff_ffff_ffff_ffffn;
const request = (from = 0n, uuid = 0n, end = forever, vbucket = 183) => {
  const extras = Buffer.alloc(48);
  for (const [index, number] of [from, end, uuid, from, from].entries()) extras.writeBigUInt64BE(number, 8 + 8 * index);
  return packet(dcpOpcodes.streamRequest, { extras, vbucket, opaque: 42 });
};

/** The next messages, in short: what each is, and its number or reason. */
async function messages(many: number): Promise<(string | bigint)[][]> {
  const names = new Map<number, string>(Object.entries(dcpOpcodes).map(([name, opcode]) => [opcode, name]));
  const found: (string | bigint)[][] = [];
  while (found.length < many) {
    const message = await consumer.answer();
    expect(message.opaque).toBe(42);
    const name = names.get(message.opcode) ?? String(message.opcode);
    const { extras } = message;
    if (message.opcode === dcpOpcodes.streamEnd) found.push([name, BigInt(extras.readUInt32BE(0))]);
    else if (message.opcode === dcpOpcodes.snapshotMarker)
      found.push([name, extras.readBigUInt64BE(0), extras.readBigUInt64BE(8)]);
    else
      found.push([name, extras.readBigUInt64BE(0), message.key.toString('latin1'), message.value.toString('latin1')]);
  }
  return found;
}

const historyOf = ({ value }: RawAnswer) => value.readBigUInt64BE(0);

test('what is there comes first, each key once, then what happens', async () => {
  await set('a', '1');
  await set('a', '2');
  expect((await open()).status).toBe(statuses.success);
  await control('enable_expiry_opcode', 'true');
  const { status, value } = await consumer.call(request());
  expect([status, value.length, value.readBigUInt64BE(8)]).toEqual([statuses.success, 16, 0n]);
  expect(await messages(2)).toEqual([
    ['snapshotMarker', 1n, 2n],
    ['mutation', 2n, '\0a', '2'],
  ]);
  await client.call(packet(opcodes.delete, { key: inDefault('a') }));
  expect(await messages(2)).toEqual([
    ['snapshotMarker', 3n, 3n],
    ['deletion', 3n, '\0a', ''],
  ]);
  await set('a', '3', 1);
  expect(await messages(4)).toEqual([
    ['snapshotMarker', 4n, 4n],
    ['mutation', 4n, '\0a', '3'],
    ['snapshotMarker', 5n, 5n],
    ['expiration', 5n, '\0a', ''],
  ]);
  expect((await consumer.call(packet(dcpOpcodes.closeStream, { vbucket: 183 }))).status).toBe(statuses.success);
  expect((await consumer.call(packet(dcpOpcodes.closeStream, { vbucket: 183 }))).status).toBe(statuses.notFound);
});

test('a stream goes on where it was, ends where it is to end, or has to go back', async () => {
  for (const value of ['1', '2', '3']) await set('a', value);
  await open();
  const failovers = await consumer.call(packet(dcpOpcodes.getFailoverLog, { vbucket: 183 }));
  const uuid = historyOf(failovers);
  expect((await consumer.call(request(2n, uuid, 3n))).status).toBe(statuses.success);
  expect(await messages(3)).toEqual([
    ['snapshotMarker', 3n, 3n],
    ['mutation', 3n, '\0a', '3'],
    ['streamEnd', 0n],
  ]);
  const ahead = await consumer.call(request(9n, uuid));
  expect([ahead.status, ahead.value.readBigUInt64BE(0)]).toEqual([statuses.rollback, 3n]);
  const strange = await consumer.call(request(2n, uuid + 5000n));
  expect([strange.status, strange.value.readBigUInt64BE(0)]).toEqual([statuses.rollback, 0n]);
  expect((await consumer.call(request(3n, uuid, 2n))).status).toBe(statuses.outOfRange);
  expect((await consumer.call(request(0n, 0n, forever, 1024))).status).toBe(statuses.notMyVbucket);
  expect((await consumer.call(request(3n, uuid))).status).toBe(statuses.success);
  expect((await consumer.call(request(3n, uuid))).status).toBe(statuses.exists);
  // Another history begins: nothing of the one before counts any more.
  await ask(server.ports.mgmt, 'POST', '/pools/default/buckets/default/controller/doFlush', { auth: administrator });
  expect(await messages(1)).toEqual([['streamEnd', 6n]]);
  expect((await consumer.call(request(3n, uuid))).status).toBe(statuses.rollback);
});

test('no more goes out than the consumer has room for', async () => {
  await open();
  await control('connection_buffer_size', '1000');
  await consumer.call(request());
  for (let number = 0; number < 5; number++) await set('a', 'x'.repeat(600));
  const numbers: bigint[] = [];
  const note = ({ opcode, extras }: RawAnswer) => {
    if (opcode === dcpOpcodes.mutation) numbers.push(extras.readBigUInt64BE(0));
  };
  // The answer to a NOOP comes behind what was on its way.
  for (let asked = 0; asked < 10; asked++) {
    consumer.socket.write(packet(opcodes.noop));
    for (let next = await consumer.answer(); next.opcode !== opcodes.noop; next = await consumer.answer()) note(next);
  }
  expect(numbers).toEqual([1n, 2n]);
  while (numbers.at(-1) !== 5n) {
    consumer.socket.write(packet(dcpOpcodes.bufferAcknowledgement, { extras: Buffer.from([0, 0, 2, 0x88]) }));
    note(await consumer.answer());
  }
  expect(numbers).toEqual([1n, 2n, 3n, 4n, 5n]);
});

test('a consumer that lags gets the last state of each key, and costs no more than its queue', async () => {
  await open();
  await consumer.call(request());
  consumer.socket.pause();
  const before = process.memoryUsage().rss;
  for (let number = 1; number <= 60; number++) await set('a', `${number}:`.padEnd(1_000_000, 'x'));
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  consumer.socket.resume();
  let last: RawAnswer;
  do last = await consumer.answer();
  while (last.opcode !== dcpOpcodes.mutation || last.extras.readBigUInt64BE(0) < 60n);
  expect(last.value.toString('latin1', 0, 3)).toBe('60:');
});

test('changes of other collections are not told to who knows of none', async () => {
  const old = await KvClient.ready(server.ports.kv, 'default', []);
  const rest = (path: string, form: Record<string, string>) =>
    ask(server.ports.mgmt, 'POST', `/pools/default/buckets/default/scopes${path}`, { auth: administrator, form });
  await rest('/_default/collections', { name: 'c' });
  await open(0x01, old);
  expect((await old.call(request())).status).toBe(statuses.success);
  await client.call(packet(opcodes.set, { key: '\u0008a', value: '1', extras: Buffer.alloc(8) }));
  const [marker, advanced] = [await old.answer(), await old.answer()];
  expect([marker.opcode, advanced.opcode]).toEqual([dcpOpcodes.snapshotMarker, dcpOpcodes.seqnoAdvanced]);
  await set('a', '1');
  await old.answer();
  expect((await old.answer()).key.toString()).toBe('a');
  old.close();
});

test('only for who may, on a connection that was opened for it, with settings that there are', async () => {
  expect((await consumer.call(request())).status).toBe(statuses.invalid);
  expect((await open(0)).status).toBe(statuses.notSupported);
  expect((await open(0x81)).status).toBe(statuses.invalid);
  await open();
  expect((await control('enable_stream_id', 'true')).status).toBe(statuses.invalid);
  expect((await control('set_noop_interval', '0')).status).toBe(statuses.invalid);
  expect((await control('set_noop_interval', '1')).status).toBe(statuses.success);
  for (const [name, roles, status] of [
    ['jane', 'data_reader[default]', statuses.noAccess],
    ['joe', 'data_dcp_reader[default]', statuses.success],
  ] as const) {
    const path = `/settings/rbac/users/local/${name}`;
    await ask(server.ports.mgmt, 'PUT', path, { auth: administrator, form: { password: 'secret-1', roles } });
    const other = await KvClient.open(server.ports.kv);
    await plain(other, name, 'secret-1');
    await other.call(packet(opcodes.selectBucket, { key: 'default' }));
    expect((await open(0x01, other)).status).toBe(status);
    other.close();
  }
});

test('a consumer that agreed to give signs of life, and gives none, is let go', async () => {
  await open();
  await control('set_noop_interval', '1');
  await control('enable_noop', 'true');
  const sign = await consumer.answer();
  expect(sign.opcode).toBe(dcpOpcodes.noop);
  await expect(consumer.answer()).rejects.toThrow('connection closed');
  expect(server.log.some((line) => line.includes('no sign of life'))).toBe(true);
});
