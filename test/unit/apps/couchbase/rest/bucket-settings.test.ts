import { afterAll, beforeAll, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
beforeAll(async () => {
  server = await startRunning({ bucket: { ramQuotaMB: '100' } });
});
afterAll(() => server.stop());

const buckets = '/pools/default/buckets';
const call = (method: string, path: string, form?: Record<string, string>) =>
  ask(server.ports.mgmt, method, path, { auth: administrator, ...(form === undefined ? {} : { form }) });

/** Makes a bucket, shows it, and removes it. */
async function made(form: Record<string, string>) {
  const { status, json } = await call('POST', buckets, { name: 'b', ramQuotaMB: '100', ...form });
  if (status !== 202) return { status, json };
  const shown = (await call('GET', `${buckets}/b`)).json as Record<string, unknown>;
  await call('DELETE', `${buckets}/b`);
  return { status, json: shown };
}

test.each([
  [{}, { replicaIndex: false, compressionMode: 'off', evictionPolicy: 'valueOnly', maxTTL: 0, threadsNumber: 3 }],
  [
    { replicaIndex: '1', replicaNumber: '2' },
    { replicaIndex: true, replicaNumber: 2 },
  ],
  [{ compressionMode: 'passive' }, { compressionMode: 'passive' }],
  [{ compressionMode: 'active' }, { compressionMode: 'active' }],
  [{ evictionPolicy: 'fullEviction' }, { evictionPolicy: 'fullEviction' }],
  [{ maxTTL: '3600' }, { maxTTL: 3600 }],
  [{ durabilityMinLevel: 'persistToMajority' }, { durabilityMinLevel: 'persistToMajority' }],
  [{ conflictResolutionType: 'seqno' }, { conflictResolutionType: 'seqno' }],
  [{ threadsNumber: '8' }, { threadsNumber: 8 }],
  [{ storageBackend: 'couchstore' }, { storageBackend: 'couchstore' }],
  [
    { bucketType: 'ephemeral', evictionPolicy: 'nruEviction' },
    { bucketType: 'ephemeral', evictionPolicy: 'nruEviction' },
  ],
  [{ bucketType: 'ephemeral' }, { evictionPolicy: 'noEviction' }],
] as [Record<string, string>, Record<string, unknown>][])('a bucket with %o is shown with %o', async (form, shown) => {
  expect(await made(form)).toMatchObject({ status: 202, json: shown });
});

const enterprise = (field: string) => ({ [field]: `${field} can only be set in Enterprise edition` });
test.each([
  [{ historyRetentionSeconds: '10' }, enterprise('historyRetentionSeconds')],
  [{ historyRetentionBytes: '2147483648' }, enterprise('historyRetentionBytes')],
  [{ historyRetentionCollectionDefault: 'true' }, enterprise('historyRetentionCollectionDefault')],
  [{ storageBackend: 'magma' }, { storageBackend: 'Magma is supported in enterprise edition only' }],
  [{ storageBackend: 'tape' }, { storageBackend: 'storage backend must be couchstore or magma' }],
  [
    { conflictResolutionType: 'lww' },
    { conflictResolutionType: expect.stringContaining('only in enterprise edition') as string },
  ],
  [{ compressionMode: 'zip' }, { compressionMode: "compressionMode can be set to 'off', 'passive' or 'active'" }],
  [{ replicaIndex: 'maybe' }, { replicaIndex: 'replicaIndex can only be 1 or 0' }],
  [{ flushEnabled: '2' }, { flushEnabled: 'flushEnabled can only be 1 or 0' }],
  [{ maxTTL: '-1' }, { maxTTL: expect.stringContaining('between 0 and 2147483647') as string }],
  [{ maxTTL: '2147483648' }, { maxTTL: expect.stringContaining('between 0 and 2147483647') as string }],
  [{ threadsNumber: '9' }, { threadsNumber: expect.stringContaining('between 2 and 8') as string }],
  [{ durabilityMinLevel: 'some' }, { durability_min_level: expect.stringContaining("'majority'") as string }],
  [
    { bucketType: 'ephemeral', durabilityMinLevel: 'persistToMajority' },
    { durability_min_level: expect.stringContaining('for ephemeral buckets') as string },
  ],
  [
    { bucketType: 'ephemeral', replicaIndex: '1' },
    { replicaIndex: 'replicaIndex not supported for ephemeral buckets' },
  ],
  [{ evictionPolicy: 'noEviction' }, { evictionPolicy: expect.stringContaining('for couchbase buckets') as string }],
  [{ replicaNumber: 'x' }, { replicaNumber: expect.stringContaining('non-negative integer') as string }],
  [{ name: 'DEFAULT' }, { name: 'Bucket with given name already exists' }],
  [{ name: '.hidden' }, { name: 'Bucket name cannot start with dot.' }],
  [
    { name: 'a b', ramQuotaMB: '1', maxTTL: 'x' },
    {
      name: expect.any(String) as string,
      ramQuota: expect.any(String) as string,
      maxTTL: expect.any(String) as string,
    },
  ],
] as [Record<string, string>, unknown][])('a bucket with %o is refused', async (form, errors) => {
  expect(await made(form)).toEqual({ status: 400, json: { errors } });
});

test('a change keeps what it does not name, and does nothing where it is only looked at or refused', async () => {
  const path = `${buckets}/default`;
  const settings = { replicaIndex: '1', compressionMode: 'active', maxTTL: '60', evictionPolicy: 'fullEviction' };
  const shown = { replicaIndex: true, compressionMode: 'active', maxTTL: 60, evictionPolicy: 'fullEviction' };
  expect((await call('POST', `${path}?just_validate=1`, settings)).status).toBe(200);
  expect((await call('GET', path)).json).toMatchObject({ maxTTL: 0, replicaIndex: false });
  expect((await call('POST', path, settings)).status).toBe(200);
  expect((await call('POST', path, { flushEnabled: '1' })).status).toBe(200);
  expect((await call('GET', path)).json).toMatchObject(shown);
  expect((await call('POST', path, { compressionMode: 'off', ramQuotaMB: '9000' })).status).toBe(400);
  expect((await call('POST', path, { conflictResolutionType: 'seqno' })).json).toEqual({
    errors: { conflictResolutionType: 'Conflict resolution type not allowed in update bucket' },
  });
  expect((await call('GET', path)).json).toMatchObject(shown);
});

test('maxTTL bounds the life of a document, whatever the write says', async () => {
  await call('POST', `${buckets}/default`, { maxTTL: '100' });
  const client = await KvClient.ready(server.ports.kv);
  const expiry = async (wanted: number) => {
    const extras = Buffer.alloc(8);
    extras.writeUInt32BE(wanted, 4);
    await client.call(packet(opcodes.set, { key: inDefault('k'), value: '1', extras }));
    const { extras: meta } = await client.call(packet(opcodes.getMeta, { key: inDefault('k') }));
    return meta.readUInt32BE(8) - Date.now() / 1000;
  };
  expect(await expiry(0)).toSatisfy((left: number) => left > 80 && left <= 100);
  expect(await expiry(5000)).toSatisfy((left: number) => left > 80 && left <= 100);
  expect(await expiry(50)).toSatisfy((left: number) => left > 30 && left <= 50);
  await call('POST', `${buckets}/default`, { maxTTL: '0' });
  expect(await expiry(5000)).toBeGreaterThan(4900);
  client.close();
});

test('a bucket too many is refused', async () => {
  const other = await startRunning({ initialise: false });
  const auth = administrator;
  const form = { services: 'kv', username: 'Administrator', password: 'Password1', memoryQuota: '3100' };
  await ask(other.ports.mgmt, 'POST', '/clusterInit', { form });
  for (let number = 1; number <= 30; number++) {
    const bucket = { name: `b${number}`, ramQuotaMB: '100' };
    expect((await ask(other.ports.mgmt, 'POST', buckets, { auth, form: bucket })).status).toBe(202);
  }
  const last = await ask(other.ports.mgmt, 'POST', buckets, { auth, form: { name: 'b31', ramQuotaMB: '100' } });
  expect([last.status, last.json]).toEqual([400, { errors: { _: 'Cannot create more than 30 buckets' } }]);
  other.stop();
});
