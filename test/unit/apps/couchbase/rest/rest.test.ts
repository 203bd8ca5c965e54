import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
afterEach(() => server.stop());
const call = (method: string, path: string, form?: Record<string, string>, auth = administrator) =>
  ask(server.ports.mgmt, method, path, { auth, ...(form === undefined ? {} : { form }) });

describe('before initialisation', () => {
  beforeEach(async () => {
    server = await startRunning({ initialise: false });
  });

  test('everything is open, and the server says what it is', async () => {
    const { json, status } = await ask(server.ports.mgmt, 'GET', '/pools');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      pools: [],
      uuid: [],
      product: 'coreos-lab embedded Couchbase-compatible server',
      implementationVersion: expect.stringContaining('coreos-lab-embedded') as string,
    });
    expect((await ask(server.ports.mgmt, 'GET', '/pools/default')).status).toBe(404);
    expect((await ask(server.ports.mgmt, 'GET', '/nodes/self')).status).toBe(200);
  });

  test('step by step, as 4.0 to 7.0 did: credentials count from /settings/web on', async () => {
    const post = (path: string, form: Record<string, string>, auth?: string) =>
      ask(server.ports.mgmt, 'POST', path, { form, ...(auth === undefined ? {} : { auth }) });
    expect((await post('/node/controller/setupServices', { services: 'kv,index,n1ql' })).status).toBe(200);
    expect((await post('/settings/indexes', { storageMode: 'forestdb' })).status).toBe(200);
    expect(
      (await post('/settings/web', { port: 'SAME', username: 'Administrator', password: 'Password1' })).status,
    ).toBe(200);
    expect((await post('/pools/default', { memoryQuota: '500' })).status).toBe(401);
    expect((await post('/pools/default', { memoryQuota: '500' }, administrator)).status).toBe(200);
    expect((await call('GET', '/pools/default')).json).toMatchObject({
      memoryQuota: 500,
      nodes: [{ services: ['kv', 'index', 'n1ql'] }],
    });
  });

  test.each([
    [
      '/clusterInit',
      { services: 'kv', username: 'Administrator', password: 'short', memoryQuota: '500' },
      { password: 'The password must be at least 6 characters long.' },
    ],
    [
      '/clusterInit',
      { services: 'kv,fts', username: 'A', password: 'Password1' },
      { services: 'Unknown services: fts' },
    ],
    ['/clusterInit', { username: 'a b', password: 'Password1' }, { username: expect.any(String) as string }],
    [
      '/clusterInit',
      { username: 'A', password: 'Password1', memoryQuota: '100' },
      { memoryQuota: 'The data service quota (100MB) cannot be less than 256MB.' },
    ],
    ['/pools/default', { memoryQuota: 'much' }, { memoryQuota: 'The value must be an integer' }],
  ])('%s %o is refused and changes nothing', async (path, form, errors) => {
    const { status, json } = await ask(server.ports.mgmt, 'POST', path, { form: form });
    expect({ status, json }).toEqual({ status: 400, json: { errors } });
    expect((await ask(server.ports.mgmt, 'GET', '/pools')).json).toMatchObject({ pools: [] });
  });
});

describe('after initialisation', () => {
  beforeEach(async () => {
    server = await startRunning();
  });

  test('all but /pools and the page wants credentials; a wrong password is refused there too', async () => {
    const open = await ask(server.ports.mgmt, 'GET', '/pools');
    const closed = await ask(server.ports.mgmt, 'GET', '/pools/default');
    const quiet = await ask(server.ports.mgmt, 'GET', '/pools/default', { headers: { 'invalid-auth-response': 'on' } });
    expect([open.status, closed.status, quiet.status]).toEqual([200, 401, 401]);
    expect(closed.headers['www-authenticate']).toMatch(/^Basic realm=/u);
    expect(quiet.headers['www-authenticate']).toBeUndefined();
    expect((await call('GET', '/pools', undefined, 'Administrator:nope')).status).toBe(401);
    expect((await ask(server.ports.capi, 'GET', '/default/_design/d')).status).toBe(401);
  });

  test('/clusterInit a second time', async () => {
    expect((await call('POST', '/clusterInit', { username: 'Administrator', password: 'Password1' })).json).toEqual({
      errors: { _: 'Cluster is already initialized' },
    });
  });

  test.each([
    [{ name: 'default', ramQuotaMB: '100' }, { name: 'Bucket with given name already exists' }],
    [{ name: 'a/b', ramQuotaMB: '100' }, { name: expect.stringContaining('can only contain') as string }],
    [{ name: 'x'.repeat(101), ramQuotaMB: '100' }, { name: 'Bucket name cannot exceed 100 characters' }],
    [{ ramQuotaMB: '100' }, { name: 'Bucket name needs to be specified' }],
    [
      { name: 'second', ramQuotaMB: '300' },
      { ramQuota: 'RAM quota specified is too large to be provisioned into this cluster.' },
    ],
    [{ name: 'second', ramQuotaMB: '99' }, { ramQuota: 'RAM quota cannot be less than 100 MiB' }],
    [{ name: 'second' }, { ramQuota: 'The RAM Quota must be specified and must be a positive integer.' }],
    [
      { name: 'second', ramQuotaMB: '100', bucketType: 'memcached', replicaNumber: '4' },
      { bucketType: expect.any(String) as string, replicaNumber: expect.any(String) as string },
    ],
  ])('bucket %o is refused', async (form, errors) => {
    const { status, json } = await call('POST', '/pools/default/buckets', form);
    expect({ status, json }).toEqual({ status: 400, json: { errors } });
    expect((await call('GET', '/pools/default/buckets')).json).toHaveLength(1);
  });

  test('bucket: read, change, flush only when allowed, delete', async () => {
    const path = '/pools/default/buckets/default';
    expect((await call('POST', `${path}/controller/doFlush`)).body).toContain('Flush is disabled');
    expect((await call('POST', path, { flushEnabled: '1' })).status).toBe(200);
    expect((await call('POST', `${path}/controller/doFlush`)).status).toBe(200);
    expect((await call('GET', `${path}/`)).json).toMatchObject({
      quota: { ram: 500 * 1024 * 1024 },
      controllers: { flush: `${path}/controller/doFlush` },
    });
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', path)).status).toBe(404);
  });

  test.each([
    ['GET', '/settings/rbac/profiles'],
    ['PUT', '/pools/default/buckets/default/scopes'],
  ])('%s %s is not built: 501 with the reason', async (method, path) => {
    const { status, body } = await call(method, path);
    expect(status).toBe(501);
    expect(body).toContain('is not supported by this embedded server');
  });

  test.each([
    ['GET', '/nowhere', 404],
    ['DELETE', '/pools', 405],
    ['GET', '/pools/default/buckets/%zz', 400],
    ['GET', '/pools/default/buckets/none', 404],
  ])('%s %s gives %i', async (method, path, status) => {
    expect((await call(method, path)).status).toBe(status);
  });

  test('a body over 4 MiB is refused', async () => {
    expect((await call('POST', '/pools/default/buckets', { name: 'x'.repeat(5 * 1024 * 1024) })).status).toBe(413);
  });
});
