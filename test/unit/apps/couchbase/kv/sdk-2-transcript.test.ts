import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { KvClient, type RawAnswer } from '../support/kv-client.ts';
import { startRunning, type Running } from '../support/running.ts';

/*
 * What the SDK of the book's days sends, as it was recorded between couchbase 2.6.12 (libcouchbase 2.10.6, Node 20) and this server: one
 * string is one segment. Only the answer to CRAM-MD5's challenge differs from time to time. test/e2e/couchbase-sdk-2/ has the SDK.
 */
const hello =
  '801f008a000000000000009a0000000000000000000000007b2261223a226c6962636f756368626173652f322e31302e362d6e6a7320636f7563686e6f64652f322e362e313220286e6f64652f32302e32302e323b2076382f31312e332e3234342e382d6e6f64652e33383b2073736c2f332e302e313929222c2269223a22303030303030303034393165353131622f30303030303030303532373439313364227d00020006000b000800070003000a000f';
const errorMapAndMechanisms =
  '80fe000000000000000000020000000000000000000000000001802000000000000000000000000000000000000000000000';
const cramMd5 = '8021000800000000000000080000000000000000000000004352414d2d4d4435';
const cramMd5Step = '8022000800000000000000300000000000000000000000004352414d2d4d4435';
const plain = '80210005000000000000000e000000000000000000000000504c41494e0064656661756c7400';
const selectBucket = '80890007000000000000000700000000000000000000000064656661756c74';
const getConfiguration = '80b5000000000000000000000df000000000000000000000';
const upsert = '800100060800020b000000150000000000000000000000000200000000000000727376702d317b226e223a317d';
const get = '800000060000020b00000006010000000000000000000000727376702d31';
const insert = '800200060800020b000000150200000000000000000000000200000000000000727376702d317b226e223a327d';
const getMissing = '8000000400000390000000040300000000000000000000006e6f6e65';
const remove = '800400060000020b00000006040000000000000000000000727376702d31';

let server: Running;
let client: KvClient;
afterEach(() => {
  client.close();
  server.stop();
});

const send = (hex: string): Promise<RawAnswer> => client.call(Buffer.from(hex, 'hex'));

/** HELLO, error map and mechanisms, as far as the choice of one. */
async function greet(): Promise<string> {
  client = await KvClient.open(server.ports.kv);
  const { status, value } = await send(hello);
  // XATTR, JSON, SELECT_BUCKET, XERROR and TCP_NODELAY are granted; SNAPPY, tracing and TLS are not.
  expect([status, value.toString('hex')]).toEqual([0, '0006000b000800070003']);
  const errors = await send(errorMapAndMechanisms);
  // libcouchbase 2 gives up at once when the map is of a version that it did not ask for.
  expect(JSON.parse(errors.value.toString())).toMatchObject({ version: 1, revision: 2 });
  return (await client.answer()).value.toString();
}

async function work(): Promise<void> {
  expect((await send(selectBucket)).status).toBe(0);
  const configuration = JSON.parse((await send(getConfiguration)).value.toString()) as Record<string, unknown>;
  expect(configuration).toMatchObject({
    name: 'default',
    nodeLocator: 'vbucket',
    rev: expect.any(Number) as number,
    nodesExt: [{ services: { kv: server.ports.kv, mgmt: server.ports.mgmt, capi: server.ports.capi } }],
    vBucketServerMap: { serverList: [`$HOST:${server.ports.kv}`], numReplicas: 0 },
  });
  const stored = await send(upsert);
  expect([stored.status, stored.extras.length, stored.cas > 0n]).toEqual([0, 0, true]);
  const read = await send(get);
  expect([read.status, read.opaque, read.extras.toString('hex'), read.value.toString()]).toEqual([
    0,
    0x0100_0000,
    '02000000',
    '{"n":1}',
  ]);
  expect((await send(insert)).status).toBe(2);
  expect((await send(getMissing)).status).toBe(1);
  expect((await send(remove)).status).toBe(0);
  expect((await send(get)).status).toBe(1);
}

test('4.0: it opens `default`, a bucket without a password, by CRAM-MD5', async () => {
  server = await startRunning({ generation: '4.0' });
  expect(await greet()).toContain('CRAM-MD5');
  const challenge = await send(cramMd5);
  expect(challenge.status).toBe(0x21);
  const answer = `default ${createHmac('md5', '').update(challenge.value).digest('hex')}`;
  expect((await send(cramMd5Step + Buffer.from(answer).toString('hex'))).status).toBe(0);
  await work();
});

test('7.x: it opens such a bucket by PLAIN', async () => {
  server = await startRunning({ generation: '7.6', bucket: { authType: 'sasl' } });
  const mechanisms = await greet();
  expect(mechanisms).toContain('PLAIN');
  expect(mechanisms).not.toContain('CRAM-MD5');
  expect((await send(plain)).status).toBe(0);
  await work();
});
