import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
let client: KvClient;
const start = async (args: Parameters<typeof startRunning>[0] = {}) => {
  server = await startRunning(args);
  client = await KvClient.ready(server.ports.kv);
};
afterEach(() => {
  client.close();
  server.stop();
});

const storing = Buffer.alloc(8);
const set = (key: string, value: string, more: { framing?: Buffer; cas?: bigint } = {}) =>
  packet(opcodes.set, { key: inDefault(key), value, extras: storing, ...more });
const get = (key: string) => packet(opcodes.get, { key: inDefault(key) });

describe('framing', () => {
  test('a request arriving byte by byte, and many in one segment, are answered in order', async () => {
    await start();
    for (const byte of set('k', 'slow')) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.answer()).status).toBe(statuses.success);
    client.socket.write(Buffer.concat(Array.from({ length: 50 }, (_, opaque) => packet(opcodes.noop, { opaque }))));
    const opaques: number[] = [];
    for (let count = 0; count < 50; count++) opaques.push((await client.answer()).opaque);
    expect(opaques).toEqual(Array.from({ length: 50 }, (_, opaque) => opaque));
  });

  test.each([
    ['HTTP sent to the wrong port', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'first byte of a request'],
    [
      'a body over the limit',
      Buffer.concat([Buffer.from('800000000000000001e00001', 'hex'), Buffer.alloc(12)]),
      'over the limit',
    ],
    [
      'a key longer than the body',
      Buffer.concat([Buffer.from('800000100000000000000002', 'hex'), Buffer.alloc(12)]),
      'has only 2',
    ],
  ])('%s closes the connection, and the log says why', async (_, bytes, reason) => {
    await start();
    client.socket.write(bytes);
    await once(client.socket, 'close');
    expect(server.log.filter((line) => line.includes(reason))).toHaveLength(1);
    const other = await KvClient.ready(server.ports.kv);
    expect((await other.call(packet(opcodes.noop))).status).toBe(statuses.success);
    other.close();
  });

  test('a value of 20 MiB is kept, one byte more is refused and the connection lives on', async () => {
    await start();
    const largest = 20 * 1024 * 1024;
    expect((await client.call(set('big', 'x'.repeat(largest)))).status).toBe(statuses.success);
    expect((await client.call(get('big'))).value.length).toBe(largest);
    expect((await client.call(set('big', 'x'.repeat(largest + 1)))).status).toBe(statuses.tooBig);
    expect((await client.call(packet(opcodes.noop))).status).toBe(statuses.success);
  });
});

describe('what a client may not do', () => {
  test('an unknown command is refused by its status, and the connection goes on', async () => {
    await start();
    for (const opcode of [0x18, 0x40, 0xa2, 0x77]) {
      const { status, value } = await client.call(packet(opcode, { key: inDefault('k') }));
      expect({ status, text: JSON.parse(value.toString()) as unknown }).toEqual({
        status: statuses.unknownCommand,
        text: { error: { context: `command 0x${opcode.toString(16)} is not supported by this embedded server` } },
      });
    }
    expect((await client.call(packet(opcodes.noop))).status).toBe(statuses.success);
  });

  test('nothing without authentication, no data without a bucket', async () => {
    await start();
    const stranger = await KvClient.open(server.ports.kv);
    expect((await stranger.call(get('k'))).status).toBe(statuses.noAccess);
    expect((await stranger.call(packet(opcodes.selectBucket, { key: 'default' }))).status).toBe(statuses.noAccess);
    expect(
      (await stranger.call(packet(opcodes.saslAuth, { key: 'PLAIN', value: '\0Administrator\0nope' }))).status,
    ).toBe(statuses.authError);
    expect((await stranger.call(packet(opcodes.saslStep, { key: 'SCRAM-SHA512', value: 'x' }))).status).toBe(
      statuses.authError,
    );
    await stranger.call(packet(opcodes.saslAuth, { key: 'PLAIN', value: '\0Administrator\0Password1' }));
    expect((await stranger.call(get('k'))).status).toBe(statuses.noBucket);
    expect((await stranger.call(packet(opcodes.selectBucket, { key: 'other' }))).status).toBe(statuses.noAccess);
    stranger.close();
  });

  test.each([
    ['SET without extras', packet(opcodes.set, { key: inDefault('k') }), statuses.invalid],
    ['an empty key', packet(opcodes.get, { key: inDefault('') }), statuses.invalid],
    ['a key of 251 bytes', get('k'.repeat(251)), statuses.invalid],
    ['a key without collection id', packet(opcodes.get), statuses.invalid],
    ['another collection', packet(opcodes.get, { key: Buffer.from([8, 65]) }), statuses.unknownCollection],
    ['an unknown framing extra', set('k', 'v', { framing: Buffer.from([0x31, 0]) }), statuses.unknownFrameInfo],
    ['a framing extra cut short', set('k', 'v', { framing: Buffer.from([0x13, 0]) }), statuses.unknownFrameInfo],
    ['durability level 9', set('k', 'v', { framing: Buffer.from([0x11, 9]) }), statuses.durabilityInvalidLevel],
    ['HELLO with half a feature', packet(opcodes.hello, { value: Buffer.alloc(3) }), statuses.invalid],
  ])('%s', async (_, request, status) => {
    await start();
    expect((await client.call(request)).status).toBe(status);
  });

  test('a full bucket refuses to grow, says so, and still lets documents go', async () => {
    await start({ bucket: { ramQuotaMB: '100' } });
    const chunk = 'x'.repeat(15 * 1024 * 1024);
    for (let index = 0; index < 6; index++)
      expect((await client.call(set(`k${index}`, chunk))).status).toBe(statuses.success);
    const full = await client.call(set('k6', chunk));
    expect(full.status).toBe(statuses.noMemory);
    expect(full.value.toString()).toContain('RAM quota');
    expect((await client.call(packet(opcodes.delete, { key: inDefault('k0') }))).status).toBe(statuses.success);
    expect((await client.call(set('k6', chunk))).status).toBe(statuses.success);
  });
});

describe('answers', () => {
  test('HELLO grants what is there and declines the rest', async () => {
    await start();
    const all = Buffer.from('00030004000600070008000a000b000c000d000e000f001000110012001400150017001c001e0021', 'hex');
    const { value, status } = await client.call(packet(opcodes.hello, { key: '{"a":"test"}', value: all }));
    expect({ status, granted: value.toString('hex') }).toEqual({
      status: 0,
      granted: '00030004000600070008000b000e001000110012001400150017001c0021',
    });
  });

  test('a write carries its mutation token; the sequence number of the vBucket grows by one', async () => {
    await start();
    const first = await client.call(set('k', '1'));
    const second = await client.call(set('k', '2'));
    expect(second.extras.readBigUInt64BE(0)).toBe(first.extras.readBigUInt64BE(0));
    expect(second.extras.readBigUInt64BE(8)).toBe(first.extras.readBigUInt64BE(8) + 1n);
    expect(second.cas > first.cas).toBe(true);
  });

  test('collection id: the default collection is 0 of manifest 0; others are unknown', async () => {
    await start();
    const ask = (path: string) => client.call(packet(opcodes.getCollectionId, { value: path }));
    expect((await ask('_default._default')).extras).toEqual(Buffer.alloc(12));
    expect((await ask('_default.orders')).status).toBe(statuses.unknownCollection);
    expect((await ask('shop.orders')).status).toBe(statuses.unknownScope);
  });

  test('flags come back untouched, and preserve-ttl keeps the expiry', async () => {
    await start();
    const extras = Buffer.from('0200000000000e10', 'hex');
    await client.call(packet(opcodes.set, { key: inDefault('k'), value: '{}', extras }));
    expect((await client.call(get('k'))).extras.toString('hex')).toBe('02000000');
    const expiry = async () =>
      (
        await client.call(packet(opcodes.getMeta, { key: inDefault('k'), extras: Buffer.from([2]) }))
      ).extras.readUInt32BE(8);
    const before = await expiry();
    expect(before).toBeGreaterThan(1_000_000_000);
    await client.call(set('k', '{}', { framing: Buffer.from([0x50]) }));
    expect(await expiry()).toBe(before);
    await client.call(set('k', '{}'));
    expect(await expiry()).toBe(0);
  });
});

test('deleting a bucket drops its connections', async () => {
  await start();
  const closed = once(client.socket, 'close');
  await ask(server.ports.mgmt, 'DELETE', '/pools/default/buckets/default', { auth: administrator });
  await closed;
});

test('stopping cuts the connections', async () => {
  await start();
  const closed = once(client.socket, 'close');
  server.stop();
  await closed;
});

test('a warming bucket cannot be selected yet', async () => {
  let now = Date.now();
  await start({ warmupMs: 5000, nowMs: () => now });
  const select = async () => (await client.call(packet(opcodes.selectBucket, { key: 'default' }))).status;
  const health = async () => {
    const { json } = await ask(server.ports.mgmt, 'GET', '/pools/default/buckets/default', { auth: administrator });
    return (json as { nodes: { status: string }[] }).nodes[0]?.status;
  };
  expect([await select(), await health()]).toEqual([statuses.noAccess, 'warmup']);
  now += 5000;
  expect([await select(), await health()]).toEqual([statuses.success, 'healthy']);
});
