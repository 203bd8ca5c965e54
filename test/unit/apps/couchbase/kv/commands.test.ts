import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeLeb128 } from '#apps/couchbase/src/wire/leb128.ts';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/* What the official SDK 4.7 never sends, or never shows: other clients do, and rely on it. */

const everything = [0x04, 0x06, 0x07, 0x0b, 0x10, 0x11, 0x12, 0x14, 0x17, 0x21];
let server: Running;
let client: KvClient;
beforeEach(async () => {
  server = await startRunning();
  client = await KvClient.ready(server.ports.kv, 'default', everything);
});
afterEach(() => {
  client.close();
  server.stop();
});

const set = (key: string, value: string) =>
  client.call(packet(opcodes.set, { key: inDefault(key), value, extras: Buffer.alloc(8) }));
const rest = (method: string, path: string, form?: Record<string, string>) =>
  ask(
    server.ports.mgmt,
    method,
    `/pools/default/buckets/default${path}`,
    form ? { auth: administrator, form } : { auth: administrator },
  );

/** Path length (u16) and flags of a command with one path; more extras behind. */
const one = (opcode: number, path: string, value = '', flags = 0, more: readonly number[] = []) =>
  packet(opcode, { key: inDefault('k'), extras: Buffer.from([0, path.length, flags, ...more]), value: path + value });

describe('commands with one path, as libcouchbase 2 sends them', () => {
  test('look up, change, count, and what is wrong', async () => {
    await set('k', '{"a":[1,2],"n":1}');
    const calls: [Buffer, number, string][] = [
      [one(subdocOpcodes.get, 'a[1]'), statuses.success, '2'],
      [one(subdocOpcodes.exists, 'a'), statuses.success, ''],
      [one(subdocOpcodes.getCount, 'a'), statuses.success, '2'],
      [one(subdocOpcodes.get, 'z'), statuses.subdocPathNotFound, ''],
      [one(subdocOpcodes.dictUpsert, 'b', '"x"'), statuses.success, ''],
      [one(subdocOpcodes.counter, 'n', '41'), statuses.success, '42'],
      [one(subdocOpcodes.arrayPushLast, 'c', '1', 0x01), statuses.success, ''],
      [one(subdocOpcodes.delete, 'a'), statuses.success, ''],
    ];
    for (const [request, status, value] of calls) {
      const answer = await client.call(request);
      expect([answer.status, answer.value.toString()]).toEqual([status, value]);
    }
    const { value } = await client.call(packet(opcodes.get, { key: inDefault('k') }));
    expect(value.toString()).toBe('{"n":42,"b":"x","c":[1]}');
  });

  test.each([
    ['no path', one(subdocOpcodes.get, ''), statuses.invalid],
    [
      'a path longer than the value',
      packet(subdocOpcodes.get, { key: inDefault('k'), extras: Buffer.from([9, 9, 0]), value: 'a' }),
      statuses.invalid,
    ],
    ['no value', one(subdocOpcodes.dictAdd, 'b'), statuses.invalid],
    ['a value too much', one(subdocOpcodes.delete, 'a', '1'), statuses.invalid],
    ['a flag of another command', one(subdocOpcodes.get, 'a', '', 0x01), statuses.invalid],
    [
      'macros in a body',
      one(subdocOpcodes.dictUpsert, 'a', '"${Mutation.CAS}"', 0x10),
      statuses.subdocXattrInvalidFlags,
    ],
    ['an unknown macro', one(subdocOpcodes.dictUpsert, 'a', '"${Mutation.X}"', 0x14), statuses.subdocXattrUnknownMacro],
    [
      'an unknown macro of the document',
      one(subdocOpcodes.dictUpsert, 'a', '"${$document.x}"', 0x14),
      statuses.subdocXattrUnknownVirtualMacro,
    ],
    [
      'a virtual attribute',
      one(subdocOpcodes.dictUpsert, '$document', '1', 0x04),
      statuses.subdocXattrCannotModifyVirtual,
    ],
    ['an attribute of 17 letters', one(subdocOpcodes.get, 'a'.repeat(17), '', 0x04), statuses.xattrInvalid],
    ['add and mkdoc', one(subdocOpcodes.dictUpsert, 'b', '1', 0, [0x03]), statuses.invalid],
    ['revive without access to the deleted', one(subdocOpcodes.dictUpsert, 'b', '1', 0, [0x10]), statuses.invalid],
    ['revive what lives', one(subdocOpcodes.dictUpsert, 'b', '1', 0, [0x14]), statuses.subdocCanOnlyReviveDeleted],
    ['read from a replica', one(subdocOpcodes.get, 'a', '', 0, [0x20]), statuses.notMyVbucket],
    ['expiry of a lookup', one(subdocOpcodes.get, 'a', '', 0, [0, 0, 0, 1]), statuses.invalid],
    [
      'body from an attribute that is not there',
      one(subdocOpcodes.replaceBodyWithXattr, 'x', '', 0x04),
      statuses.subdocPathNotFound,
    ],
  ])('%s', async (_, request, status) => {
    await set('k', '{"a":1}');
    expect((await client.call(request)).status).toBe(status);
  });

  test('attributes only for who asked for them', async () => {
    await set('k', '{}');
    const plain = await KvClient.ready(server.ports.kv);
    expect((await plain.call(one(subdocOpcodes.get, 'a', '', 0x04))).status).toBe(statuses.notSupported);
    plain.close();
  });

  test('bytes in an attribute, and from there into the body', async () => {
    await set('k', '{}');
    const bytes = '\u0000binary"';
    expect((await client.call(one(subdocOpcodes.dictUpsert, 'b', bytes, 0x24))).status).toBe(statuses.success);
    expect((await client.call(one(subdocOpcodes.get, 'b', '', 0x24))).value.toString()).toBe(bytes);
    expect((await client.call(one(subdocOpcodes.get, 'b', '', 0x04))).value.toString()).toContain(
      'cb-content-base64-encoded:',
    );
    await client.call(one(subdocOpcodes.replaceBodyWithXattr, 'b', '', 0x24));
    expect((await client.call(packet(opcodes.get, { key: inDefault('k') }))).value.toString()).toBe(bytes);
  });
});

describe('several paths', () => {
  const spec = (opcode: number, path: string, value?: string, flags = 0) => {
    const head = Buffer.alloc(value === undefined ? 4 : 8);
    head.writeUInt8(opcode, 0);
    head.writeUInt8(flags, 1);
    head.writeUInt16BE(path.length, 2);
    if (value !== undefined) head.writeUInt32BE(value.length, 4);
    return Buffer.concat([head, Buffer.from(path + (value ?? ''))]);
  };
  const mutate = (...specs: Buffer[]) =>
    client.call(packet(opcodes.subdocMultiMutation, { key: inDefault('k'), value: Buffer.concat(specs) }));
  const lookup = (...specs: Buffer[]) =>
    client.call(packet(opcodes.subdocMultiLookup, { key: inDefault('k'), value: Buffer.concat(specs) }));

  test('the first path that fails is named, and nothing has changed', async () => {
    await set('k', '{"a":1}');
    const { status, value } = await mutate(
      spec(subdocOpcodes.dictUpsert, 'a', '2'),
      spec(subdocOpcodes.replace, 'z', '1'),
    );
    expect([status, value.toString('hex')]).toEqual([statuses.subdocMultiPathFailure, '0100c0']);
    expect((await client.call(packet(opcodes.get, { key: inDefault('k') }))).value.toString()).toBe('{"a":1}');
  });

  test('what does not go together is refused', async () => {
    await set('k', '{"a":1}');
    const upsert = (path: string, flags = 0) => spec(subdocOpcodes.dictUpsert, path, '1', flags);
    const remove = spec(opcodes.delete, '', '');
    const statusOf = async (answer: ReturnType<typeof mutate>) => (await answer).status;
    expect(await statusOf(mutate(upsert('a'), upsert('x', 0x04)))).toBe(statuses.subdocXattrInvalidOrder);
    expect(await statusOf(mutate(upsert('a'), remove))).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(mutate(remove, upsert('a')))).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(mutate(spec(subdocOpcodes.get, 'a', '')))).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(mutate())).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(mutate(upsert('a').subarray(0, 9)))).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(lookup(spec(subdocOpcodes.dictUpsert, 'a')))).toBe(statuses.subdocInvalidCombination);
    expect(await statusOf(lookup(...Array.from({ length: 17 }, () => spec(subdocOpcodes.get, 'a'))))).toBe(
      statuses.subdocInvalidCombination,
    );
  });

  test('a document deleted by its paths leaves the attributes of the system', async () => {
    await set('k', '{"a":1}');
    await mutate(spec(subdocOpcodes.dictUpsert, '_s', '1', 0x04), spec(subdocOpcodes.dictUpsert, 'u', '1', 0x04));
    expect((await mutate(spec(opcodes.delete, '', ''))).status).toBe(statuses.success);
    const meta = await client.call(packet(opcodes.getMeta, { key: inDefault('k'), extras: Buffer.from([2]) }));
    expect([meta.status, meta.extras.readUInt32BE(0), meta.extras[20]]).toEqual([statuses.success, 1, 4]);
    const look = (...specs: Buffer[]) =>
      client.call(
        packet(opcodes.subdocMultiLookup, {
          key: inDefault('k'),
          extras: Buffer.from([0x04]),
          value: Buffer.concat(specs),
        }),
      );
    expect((await look(spec(subdocOpcodes.get, '_s', undefined, 0x04))).status).toBe(statuses.subdocSuccessDeleted);
    expect((await look(spec(subdocOpcodes.get, 'u', undefined, 0x04))).status).toBe(
      statuses.subdocMultiPathFailureDeleted,
    );
    const revive = packet(opcodes.subdocMultiMutation, {
      key: inDefault('k'),
      extras: Buffer.from([0x14]),
      value: spec(subdocOpcodes.replaceBodyWithXattr, '_s', '', 0x04),
    });
    expect((await client.call(revive)).status).toBe(statuses.success);
    expect((await client.call(packet(opcodes.get, { key: inDefault('k') }))).value.toString()).toBe('1');
  });

  test('a tombstone has no value', async () => {
    const write = (value: Buffer) =>
      client.call(packet(opcodes.subdocMultiMutation, { key: inDefault('t'), extras: Buffer.from([0x0a]), value }));
    expect((await write(spec(opcodes.set, '', '{}'))).status).toBe(statuses.subdocDeletedCannotHaveValue);
    expect((await write(spec(subdocOpcodes.dictUpsert, 'a', '1', 0x04))).status).toBe(statuses.subdocSuccessDeleted);
    expect((await client.call(packet(opcodes.get, { key: inDefault('t') }))).status).toBe(statuses.notFound);
  });
});

describe('locks', () => {
  const seconds = (time: number) => Buffer.from([0, 0, 0, time]);
  const lock = (extras = Buffer.alloc(0)) => client.call(packet(opcodes.getLocked, { key: inDefault('k'), extras }));

  test('a client without extended errors hears of a temporary failure', async () => {
    await set('k', '1');
    expect((await lock()).status).toBe(statuses.success);
    expect((await lock()).status).toBe(statuses.locked);
    const plain = await KvClient.ready(server.ports.kv, 'default', [0x12]);
    const write = packet(opcodes.set, { key: inDefault('k'), value: '2', extras: Buffer.alloc(8) });
    expect((await plain.call(write)).status).toBe(statuses.temporaryFailure);
    plain.close();
  });

  test('the CAS of the lock opens it for each kind of write, and no other does', async () => {
    const writes: [number, Buffer][] = [
      [opcodes.set, Buffer.alloc(8)],
      [opcodes.replace, Buffer.alloc(8)],
      [opcodes.append, Buffer.alloc(0)],
      [opcodes.delete, Buffer.alloc(0)],
    ];
    for (const [opcode, extras] of writes) {
      await set('k', '1');
      const { cas } = await lock(seconds(30));
      const request = (given: bigint) =>
        packet(opcode, { key: inDefault('k'), extras, value: opcode === opcodes.delete ? '' : '2', cas: given });
      expect((await client.call(request(cas + 1024n))).status).toBe(statuses.locked);
      expect((await client.call(request(cas + 1n))).status).toBe(statuses.locked);
      expect((await client.call(request(cas))).status).toBe(statuses.success);
      expect(
        (await client.call(packet(opcodes.set, { key: inDefault('k'), value: '3', extras: Buffer.alloc(8) }))).status,
      ).toBe(statuses.success);
    }
  });
});

describe('collections', () => {
  const idOf = async (path: string) =>
    (await client.call(packet(opcodes.getCollectionId, { value: path }))).extras.readUInt32BE(8);
  const inCollection = (id: number, key: string) => Buffer.concat([encodeLeb128(id), Buffer.from(key)]);

  test('manifest, ids, and who asks for what is not there', async () => {
    await rest('POST', '/scopes', { name: 'shop' });
    await rest('POST', '/scopes/shop/collections', { name: 'orders', maxTTL: '60' });
    const manifest = await client.call(packet(opcodes.getCollectionsManifest));
    expect(JSON.parse(manifest.value.toString())).toEqual((await rest('GET', '/scopes')).json);
    const found = await client.call(packet(opcodes.getCollectionId, { value: 'shop.orders' }));
    expect(found.extras.toString('hex')).toBe('000000000000000200000008');
    expect((await client.call(packet(opcodes.getScopeId, { value: 'shop.orders' }))).extras.readUInt32BE(8)).toBe(8);
    expect((await client.call(packet(opcodes.getCollectionId, { value: '.' }))).extras.readUInt32BE(8)).toBe(0);
    const unknown = await client.call(packet(opcodes.get, { key: inCollection(77, 'k') }));
    expect([unknown.status, JSON.parse(unknown.value.toString()) as unknown]).toEqual([
      statuses.unknownCollection,
      { manifest_uid: '2', error: { context: 'there is no collection 0x4d' } },
    ]);
    expect((await client.call(packet(opcodes.getScopeId, { value: 'nope' }))).status).toBe(statuses.unknownScope);
  });

  test('an id that is longer than it need be is refused', async () => {
    expect((await client.call(packet(opcodes.get, { key: Buffer.from([0x80, 0x00, 0x6b]) }))).status).toBe(
      statuses.invalid,
    );
  });

  test('a dropped collection is gone with its bytes, and comes back empty under another id', async () => {
    const used = async () => ((await rest('GET', '')).json as { basicStats: { memUsed: number } }).basicStats.memUsed;
    const before = await used();
    await rest('POST', '/scopes/_default/collections', { name: 'c' });
    const id = await idOf('_default.c');
    await client.call(
      packet(opcodes.set, { key: inCollection(id, 'k'), value: 'x'.repeat(1000), extras: Buffer.alloc(8) }),
    );
    expect(await used()).toBeGreaterThan(before + 1000);
    await rest('DELETE', '/scopes/_default/collections/c');
    expect(await used()).toBe(before);
    await rest('POST', '/scopes/_default/collections', { name: 'c' });
    expect(await idOf('_default.c')).toBe(id + 1);
    expect((await client.call(packet(opcodes.get, { key: inCollection(id, 'k') }))).status).toBe(
      statuses.unknownCollection,
    );
  });
});

describe('durability and where a mutation got to', () => {
  test('a level comes alone or with a timeout, in frames of no other size', async () => {
    const framed = (framing: string) =>
      client.call(
        packet(opcodes.set, {
          key: inDefault('k'),
          value: '1',
          extras: Buffer.alloc(8),
          framing: Buffer.from(framing, 'hex'),
        }),
      );
    expect((await framed('1101')).status).toBe(statuses.success);
    expect((await framed('13010bb8')).status).toBe(statuses.success);
    expect((await framed('120100')).status).toBe(statuses.unknownFrameInfo);
    expect((await framed('1100')).status).toBe(statuses.durabilityInvalidLevel);
  });

  test('OBSERVE_SEQNO and OBSERVE tell of what was written, GET_REPLICA of nothing', async () => {
    const { extras, cas } = await set('a', '1');
    const uuid = Buffer.from(extras.subarray(0, 8));
    const request = packet(opcodes.observeSeqno, { value: uuid });
    request.writeUInt16BE(183, 6);
    const { value } = await client.call(request);
    expect(value.toString('hex')).toBe(`0000b7${uuid.toString('hex')}${'0000000000000001'.repeat(2)}`);
    const key = inDefault('a');
    const asked = Buffer.concat([Buffer.from([0, 183, 0, key.length]), key, Buffer.from([0, 183, 0, 2, 0, 0x62])]);
    const seen = await client.call(packet(opcodes.observe, { value: asked }));
    expect(seen.value.toString('hex')).toBe(
      `00b700020061${'01'}${cas.toString(16).padStart(16, '0')}00b700020062${'80'}${'0'.repeat(16)}`,
    );
    const replica = await client.call(packet(opcodes.getReplica, { key }));
    expect([replica.status, (JSON.parse(replica.value.toString()) as { name: string }).name]).toEqual([
      statuses.notMyVbucket,
      'default',
    ]);
  });
});
