import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KvClient } from '../support/kv-client.ts';
import { administrator, ask, type Answer } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { plain } from '../support/sasl.ts';

let server: Running;
beforeEach(async () => {
  server = await startRunning();
});
afterEach(() => server.stop());

const call = (method: string, path: string, form?: Record<string, string>, auth = administrator): Promise<Answer> =>
  ask(server.ports.mgmt, method, path, { auth, ...(form === undefined ? {} : { form }) });
const told = ({ status, json }: Answer) => ({ status, json });
const users = '/settings/rbac/users';
const jane = { password: 'secret-1', name: 'Jane', roles: 'bucket_full_access[default],ro_admin' };

test('a user is made, listed, changed and removed', async () => {
  expect(told(await call('GET', users))).toEqual({ status: 200, json: [] });
  expect(told(await call('PUT', `${users}/local/jane`, jane))).toEqual({ status: 200, json: '' });
  const shown = {
    id: 'jane',
    domain: 'local',
    name: 'Jane',
    roles: [
      { role: 'bucket_full_access', bucket_name: 'default', origins: [{ type: 'user' }] },
      { role: 'ro_admin', origins: [{ type: 'user' }] },
    ],
    groups: [],
    external_groups: [],
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string,
    password_change_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u) as string,
  };
  expect((await call('GET', `${users}/local/jane`)).json).toEqual(shown);
  expect((await call('GET', users)).json).toEqual([shown]);
  expect((await call('GET', `${users}/local`)).json).toEqual([shown]);
  expect((await call('GET', `${users}/external`)).json).toEqual([]);

  // What the form leaves out stays, but for roles.
  expect((await call('PUT', `${users}/local/jane`, { roles: 'data_reader[default:a]' })).status).toBe(200);
  const changed = (await call('GET', `${users}/local/jane`)).json as Record<string, unknown>;
  expect(changed).toMatchObject({
    name: 'Jane',
    roles: [{ role: 'data_reader', bucket_name: 'default', scope_name: 'a', collection_name: '*' }],
  });
  expect((await call('DELETE', `${users}/local/jane`)).status).toBe(200);
  expect(told(await call('DELETE', `${users}/local/jane`))).toEqual({ status: 404, json: 'User was not found.' });
  expect(told(await call('GET', `${users}/local/jane`))).toEqual({ status: 404, json: 'Unknown user.' });
});

test.each([
  ['no password', 'new', {}, { password: 'Password is required for new user.' }],
  ['a short one', 'new', { password: 'short' }, { password: 'The password must be at least 6 characters long.' }],
  [
    'an unknown role',
    'new',
    { password: 'secret-1', roles: 'admin,king' },
    { roles: expect.stringMatching(/unknown, malformed .*: \[king\]$/u) as string },
  ],
  [
    'a role for a bucket that is not there',
    'new',
    { password: 'secret-1', roles: 'data_reader[cars]' },
    { roles: expect.stringContaining('[data_reader[cars]]') as string },
  ],
  ['an unknown group', 'new', { password: 'secret-1', groups: 'a,b' }, { groups: 'Groups do not exist: a,b' }],
  [
    'too many roles',
    'new',
    { password: 'secret-1', roles: Array.from({ length: 101 }, (_, n) => `data_reader[default:s${n}]`).join(',') },
    { roles: 'At most 100 roles can be assigned.' },
  ],
  [
    'a role that is too long',
    'new',
    { password: 'secret-1', roles: `data_reader[default:${'s'.repeat(1000)}]` },
    { roles: expect.stringContaining('malformed') as string },
  ],
  ['a full name too long', 'new', { ...jane, name: 'x'.repeat(1001) }, { name: 'may not exceed 1000 characters' }],
  ['an unknown field', 'new', { password: 'secret-1', roels: 'admin' }, { roels: 'Unsupported key' }],
  ['a name with a space', 'a%20b', jane, { _: expect.stringContaining('must not contain spaces') as string }],
  ['a name with @ before it', '@web', jane, { _: "Username cannot start with '@'" }],
  ['a name too long', 'x'.repeat(129), jane, { _: 'Username may not exceed 128 characters' }],
] as [string, string, Record<string, string>, unknown][])('a user with %s is refused', async (_, id, form, errors) => {
  expect(told(await call('PUT', `${users}/local/${id}`, form))).toEqual({ status: 400, json: { errors } });
  expect((await call('GET', users)).json).toEqual([]);
});

test('other domains', async () => {
  expect((await call('PUT', `${users}/external/jane`, jane)).status).toBe(400);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await call(method, `${users}/moon/jane`, method === 'PUT' ? jane : undefined);
    expect(told(answer)).toEqual({ status: 404, json: 'Unknown user domain.' });
  }
});

test('groups give roles to their users, as long as they are there', async () => {
  const groups = '/settings/rbac/groups';
  const form = { roles: 'data_writer[default]', description: 'those who write' };
  expect((await call('PUT', `${groups}/writers`, form)).status).toBe(200);
  const shown = {
    id: 'writers',
    description: 'those who write',
    ldap_group_ref: '',
    roles: [{ role: 'data_writer', bucket_name: 'default', scope_name: '*', collection_name: '*' }],
  };
  expect((await call('GET', groups)).json).toEqual([shown]);
  await call('PUT', `${users}/local/jane`, { ...jane, roles: 'data_writer[default]', groups: 'writers' });
  expect((await call('GET', `${users}/local/jane`)).json).toMatchObject({
    groups: ['writers'],
    roles: [{ role: 'data_writer', origins: [{ type: 'user' }, { type: 'group', name: 'writers' }] }],
  });
  expect((await call('DELETE', `${groups}/writers`)).status).toBe(200);
  expect((await call('GET', `${users}/local/jane`)).json).toMatchObject({
    groups: [],
    roles: [{ role: 'data_writer', origins: [{ type: 'user' }] }],
  });
  expect(told(await call('GET', `${groups}/writers`))).toEqual({ status: 404, json: 'Unknown group.' });
  expect(told(await call('DELETE', `${groups}/writers`))).toEqual({ status: 404, json: 'Group was not found.' });
});

test('roles are listed with what SDKs read', async () => {
  const { json } = await call('GET', '/settings/rbac/roles');
  expect(json).toContainEqual({
    role: 'data_reader',
    bucket_name: '*',
    scope_name: '*',
    collection_name: '*',
    name: 'Data Reader',
    desc: expect.any(String) as string,
  });
});

describe('what somebody may do by REST', () => {
  const as = (name: string) => `${name}:secret-1`;
  beforeEach(async () => {
    for (const [name, roles] of [
      ['reader', 'ro_admin'],
      ['keeper', 'bucket_admin[default]'],
      ['app', 'bucket_full_access[default]'],
      ['nobody', ''],
    ] as const) {
      await call('PUT', `${users}/local/${name}`, { password: 'secret-1', roles });
    }
    await call('POST', '/pools/default/buckets', { name: 'other', ramQuotaMB: '100' });
  });

  test.each([
    ['reader', 'GET', '/pools/default', 200],
    ['reader', 'GET', users, 200],
    ['reader', 'PUT', `${users}/local/x`, 403],
    ['reader', 'POST', '/pools/default', 403],
    ['reader', 'POST', '/settings/web', 403],
    ['keeper', 'POST', '/pools/default/buckets/default', 200],
    ['keeper', 'POST', '/pools/default/buckets/other', 403],
    ['keeper', 'DELETE', '/pools/default/buckets/other', 403],
    ['keeper', 'POST', '/pools/default/buckets', 403],
    ['app', 'GET', '/pools/default', 200],
    ['app', 'GET', '/pools/default/buckets/default', 200],
    ['app', 'GET', '/pools/default/buckets/default/stats', 200],
    ['app', 'GET', '/pools/default/buckets/other', 403],
    ['app', 'POST', '/pools/default/buckets/default', 403],
    ['app', 'GET', '/nodes/self', 403],
    ['app', 'GET', users, 403],
    ['nobody', 'GET', '/pools/default', 403],
    ['nobody', 'GET', '/whoami', 200],
    ['stranger', 'GET', '/whoami', 401],
  ])('%s: %s %s is %i', async (name, method, path, status) => {
    const form = method === 'POST' || method === 'PUT' ? {} : undefined;
    expect((await call(method, path, form, as(name))).status).toBe(status);
  });

  test('a refusal names the permission', async () => {
    expect(told(await call('GET', '/pools/default/buckets/other', undefined, as('app')))).toEqual({
      status: 403,
      json: {
        message: 'Forbidden. User needs the following permissions',
        permissions: ['cluster.bucket[other].bucket!read'],
      },
    });
  });

  test('the list of buckets has those that the caller may see; views are for who may use them', async () => {
    const list = (await call('GET', '/pools/default/buckets', undefined, as('app'))).json as { name: string }[];
    expect(list.map(({ name }) => name)).toEqual(['default']);
    const view = async (name: string, method: string, bucket: string) => {
      const path = `/${bucket}/_design/d`;
      const json = method === 'PUT' ? { views: {} } : undefined;
      return (await ask(server.ports.capi, method, path, { auth: as(name), json })).status;
    };
    expect(await view('app', 'PUT', 'default')).toBe(201);
    expect(await view('app', 'PUT', 'other')).toBe(403);
    expect(await view('reader', 'GET', 'default')).toBe(200);
    expect(await view('reader', 'PUT', 'default')).toBe(403);
  });

  test('whoami, and a new password of one’s own', async () => {
    expect((await call('GET', '/whoami')).json).toEqual({
      id: 'Administrator',
      domain: 'admin',
      roles: [{ role: 'admin' }],
    });
    const own = '/controller/changePassword';
    expect((await call('POST', own, { password: 'short' }, as('app'))).status).toBe(400);
    expect((await call('POST', own, {}, as('app'))).status).toBe(400);
    expect((await call('POST', own, { password: 'secret-2' }, as('app'))).status).toBe(200);
    expect((await call('GET', '/whoami', undefined, as('app'))).status).toBe(401);
    expect((await call('GET', '/whoami', undefined, 'app:secret-2')).json).toMatchObject({
      id: 'app',
      roles: [{ role: 'bucket_full_access', bucket_name: 'default' }],
    });
    expect((await call('POST', own, { password: 'Password2' })).status).toBe(200);
    expect((await call('GET', '/whoami')).status).toBe(401);
    expect((await call('GET', '/whoami', undefined, 'Administrator:Password2')).status).toBe(200);
  });

  test.each([
    ['removed', 'DELETE', undefined],
    ['given another password', 'PUT', { password: 'secret-2', roles: 'admin' }],
  ])('who is %s loses the key-value connections they have', async (_, method, form) => {
    const [app, reader] = [await KvClient.open(server.ports.kv), await KvClient.open(server.ports.kv)];
    expect(await plain(app, 'app', 'secret-1')).toBe(0);
    expect(await plain(reader, 'reader', 'secret-1')).toBe(0);
    const closed = once(app.socket, 'close');
    expect((await call(method, `${users}/local/app`, form)).status).toBe(200);
    await closed;
    expect(reader.socket.closed).toBe(false);
    reader.close();
  });
});

test('the one read-only user of 4.0', async () => {
  const path = '/settings/readOnlyUser';
  expect((await call('GET', '/settings/readOnlyAdminName')).status).toBe(404);
  expect((await call('DELETE', path)).status).toBe(404);
  expect((await call('PUT', path, { password: 'secret-1' })).status).toBe(404);
  const form = { username: 'watcher', password: 'secret-1' };
  expect((await call('POST', `${path}?just_validate=1`, form)).status).toBe(200);
  expect((await call('GET', '/settings/readOnlyAdminName')).status).toBe(404);
  expect((await call('POST', path, form)).status).toBe(200);
  expect(told(await call('POST', path, form))).toEqual({
    status: 400,
    json: { errors: { _: 'Read-only user exists already' } },
  });
  expect((await call('GET', '/settings/readOnlyAdminName')).json).toBe('watcher');
  expect((await call('GET', '/nodes/self', undefined, 'watcher:secret-1')).status).toBe(200);
  expect((await call('POST', '/pools/default', {}, 'watcher:secret-1')).status).toBe(403);
  expect((await call('PUT', path, { password: 'secret-2' })).status).toBe(200);
  expect((await call('GET', '/nodes/self', undefined, 'watcher:secret-1')).status).toBe(401);
  expect((await call('DELETE', path)).status).toBe(200);
  expect((await call('GET', '/nodes/self', undefined, 'watcher:secret-2')).status).toBe(401);
});
