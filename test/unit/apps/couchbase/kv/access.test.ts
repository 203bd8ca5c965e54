import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { vbucketOf } from '#apps/couchbase/src/bucket/vbucket.ts';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { plain } from '../support/sasl.ts';

let server: Running;
const open: KvClient[] = [];
beforeEach(async () => {
  server = await startRunning();
});
afterEach(() => {
  for (const client of open.splice(0)) client.close();
  server.stop();
});

async function setRoles(roles: string): Promise<void> {
  const form = { password: 'secret-1', roles };
  expect(
    (await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/app', { auth: administrator, form })).status,
  ).toBe(200);
}

/** Connected as the user, with the bucket. @returns the status of the selection, too */
async function connected(): Promise<{ client: KvClient; selected: number }> {
  const client = await KvClient.open(server.ports.kv);
  open.push(client);
  await client.call(packet(opcodes.hello, { value: Buffer.from([0, 0x12]) }));
  expect(await plain(client, 'app', 'secret-1')).toBe(statuses.success);
  const { status } = await client.call(packet(opcodes.selectBucket, { key: 'default' }));
  return { client, selected: status };
}

const key = inDefault('k');
const requests = {
  get: packet(opcodes.get, { key }),
  exists: packet(opcodes.getMeta, { key }),
  set: packet(opcodes.set, { key, value: '1', extras: Buffer.alloc(8) }),
  append: packet(opcodes.append, { key, value: '1' }),
  count: packet(opcodes.increment, { key, extras: Buffer.alloc(20) }),
  getAndTouch: packet(opcodes.getAndTouch, { key, extras: Buffer.alloc(4) }),
  lookup: packet(subdocOpcodes.get, { key, value: 'p', extras: Buffer.from([0, 1, 0]) }),
  mutate: packet(subdocOpcodes.dictUpsert, { key, value: 'p1', extras: Buffer.from([0, 1, 0]) }),
  lock: packet(opcodes.getLocked, { key }),
  observe: packet(opcodes.observe, { value: Buffer.concat([Buffer.from([0, 0, 0, key.length]), key]) }),
  scan: scanOf('0'),
  remove: packet(opcodes.delete, { key }),
};

function scanOf(collection: string): Buffer {
  const range = { start: '', end: Buffer.from('z').toString('base64') };
  return packet(opcodes.rangeScanCreate, { value: JSON.stringify({ collection, range, key_only: true }) });
}

/** Which of the commands are not refused for want of a role. */
async function permitted(client: KvClient): Promise<string[]> {
  const names: string[] = [];
  for (const [name, request] of Object.entries(requests)) {
    if ((await client.call(request)).status !== statuses.noAccess) names.push(name);
  }
  return names;
}

test.each([
  ['bucket_full_access[default]', Object.keys(requests)],
  ['admin', Object.keys(requests)],
  ['data_reader[default],data_writer[*]', Object.keys(requests)],
  ['data_reader[default]', ['get', 'exists', 'lookup', 'observe', 'scan']],
  ['views_reader[default]', ['get', 'exists', 'lookup', 'observe', 'scan']],
  ['data_writer[default]', ['set', 'append', 'remove']],
  ['data_reader[default:_default:_default]', ['get', 'exists', 'lookup', 'observe', 'scan']],
  ['data_reader[default:other]', []],
  ['ro_admin', []],
  ['bucket_admin[default]', []],
])('%s: %o', async (roles, names) => {
  await setRoles(roles);
  const { client, selected } = await connected();
  expect(selected).toBe(statuses.success);
  expect(await permitted(client)).toEqual(names);
});

test.each(['', 'query_select[default]'])('with roles "%s" the bucket cannot be selected', async (roles) => {
  await setRoles(roles);
  expect((await connected()).selected).toBe(statuses.noAccess);
});

test('a bucket of one name is not that of another', async () => {
  const form = { name: 'other', ramQuotaMB: '100' };
  await ask(server.ports.mgmt, 'POST', '/pools/default/buckets', { auth: administrator, form });
  await setRoles('bucket_full_access[other]');
  const { client, selected } = await connected();
  expect(selected).toBe(statuses.noAccess);
  expect((await client.call(packet(opcodes.selectBucket, { key: 'other' }))).status).toBe(statuses.success);
  expect((await client.call(requests.set)).status).toBe(statuses.success);
});

test('other roles count from the next request on', async () => {
  await setRoles('data_reader[default]');
  const { client } = await connected();
  expect((await client.call(requests.set)).status).toBe(statuses.noAccess);
  const form = { roles: 'data_writer[default]' };
  await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/app', { auth: administrator, form });
  expect((await client.call(requests.set)).status).toBe(statuses.success);
  expect((await client.call(requests.get)).status).toBe(statuses.noAccess);
});

describe('a role for one collection', () => {
  const inDogs = Buffer.concat([Buffer.from([8]), Buffer.from('k')]);
  const setIn = (name: Buffer) => packet(opcodes.set, { key: name, value: '1', extras: Buffer.alloc(8) });
  const statusOf = async (client: KvClient, request: Buffer) => (await client.call(request)).status;

  beforeEach(async () => {
    const scopes = '/pools/default/buckets/default/scopes';
    await ask(server.ports.mgmt, 'POST', scopes, { auth: administrator, form: { name: 'shop' } });
    await ask(server.ports.mgmt, 'POST', `${scopes}/shop/collections`, { auth: administrator, form: { name: 'dogs' } });
  });

  test.each(['data_reader[default:shop:dogs]', 'data_reader[default:shop]'])(
    '%s is for reading there, and nowhere else',
    async (roles) => {
      await setRoles(roles);
      const { client } = await connected();
      expect({
        get: await statusOf(client, packet(opcodes.get, { key: inDogs })),
        set: await statusOf(client, setIn(inDogs)),
        scan: await statusOf(client, scanOf('8')),
        'get elsewhere': await statusOf(client, requests.get),
        'scan elsewhere': await statusOf(client, scanOf('0')),
        'of no collection': await statusOf(client, packet(opcodes.get, { key: Buffer.from([9, 0x6b]) })),
      }).toEqual({
        get: statuses.notFound,
        set: statuses.noAccess,
        scan: statuses.notFound,
        'get elsewhere': statuses.noAccess,
        'scan elsewhere': statuses.noAccess,
        'of no collection': statuses.unknownCollection,
      });
    },
  );

  test('a scan does not go on when the role is gone', async () => {
    await setRoles('bucket_full_access[default]');
    const { client } = await connected();
    expect(await statusOf(client, setIn(inDogs))).toBe(statuses.success);
    const scan = scanOf('8');
    scan.writeUInt16BE(vbucketOf('k'), 6);
    const { status, value } = await client.call(scan);
    expect([status, value.length]).toEqual([statuses.success, 16]);
    const form = { roles: 'data_reader[default:_default]' };
    await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/app', { auth: administrator, form });
    const proceed = packet(opcodes.rangeScanContinue, { extras: Buffer.concat([value, Buffer.alloc(12)]) });
    proceed.writeUInt16BE(vbucketOf('k'), 6);
    expect(await statusOf(client, proceed)).toBe(statuses.noAccess);
  });
});
