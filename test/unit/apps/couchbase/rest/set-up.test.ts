import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkTotalQuota } from '#apps/couchbase/src/cluster/checks.ts';
import { administrator, ask, type Answer } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/* What a script that sets a node up by REST is told in each state. Statuses and bodies: ns_server's source (see setup-routes.ts). */

let server: Running;
beforeEach(async () => {
  server = await startRunning({ initialise: false });
});
afterEach(() => server.stop());

const call = (method: string, path: string, form?: Record<string, string>, auth?: string): Promise<Answer> =>
  ask(server.ports.mgmt, method, path, {
    ...(form === undefined ? {} : { form }),
    ...(auth === undefined ? {} : { auth }),
  });
const post = (path: string, form: Record<string, string>, auth?: string) => call('POST', path, form, auth);
const told = ({ status, json, body }: Answer) => ({ status, body: json ?? body });
const who = { username: 'Administrator', password: 'Password1' };

/** The steps of images' configure-node.sh, as far as their administrator. */
async function setUp(): Promise<void> {
  const steps: [string, Record<string, string>][] = [
    ['/pools/default', { memoryQuota: '300', indexMemoryQuota: '300' }],
    ['/node/controller/setupServices', { services: 'kv,n1ql,index' }],
    ['/settings/web', { port: '8091', ...who }],
  ];
  for (const [path, form] of steps) expect((await post(path, form)).status).toBe(200);
}

describe('a node that is not set up', () => {
  test.each([
    ['GET', '/pools/default'],
    ['GET', '/pools/default?waitChange=0'],
    ['GET', '/pools/nodes'],
    ['GET', '/pools/default/buckets'],
    ['GET', '/pools/default/buckets/'],
    ['GET', '/pools/default/buckets/default'],
    ['GET', '/pools/default/b/default'],
    ['GET', '/pools/default/bs/default'],
    ['GET', '/pools/default/bucketsStreaming/default'],
    ['GET', '/pools/default/nodeServicesStreaming'],
    ['GET', '/poolsStreaming/default'],
    ['GET', '/pools/default/buckets/default/stats'],
    ['GET', '/pools/default/tasks'],
    ['POST', '/pools/default/buckets'],
    ['DELETE', '/pools/default/buckets/default'],
    ['POST', '/pools/default/buckets/default/controller/doFlush'],
  ])('%s %s: 404, unknown pool', async (method, path) => {
    const answer = await call(method, path, method === 'POST' ? { name: 'default', ramQuotaMB: '100' } : undefined);
    expect(told(answer)).toEqual({ status: 404, body: 'unknown pool' });
    expect(answer.body).toBe('"unknown pool"');
  });

  test('quotas, services, names and paths are taken, in any order and as often as one likes', async () => {
    for (let time = 0; time < 2; time++) {
      for (const [path, form] of [
        ['/node/controller/setupServices', { services: 'kv' }],
        ['/node/controller/rename', { hostname: '10.1.7.2' }],
        ['/nodes/self/controller/settings', { path: '/data', index_path: '/index' }],
        ['/pools/default', { memoryQuota: '512', ftsMemoryQuota: '256', clusterName: 'pets' }],
        ['/settings/indexes', { storageMode: time === 0 ? 'forestdb' : 'memory_optimized' }],
        ['/settings/stats', { sendStats: 'false' }],
        ['/settings/autoFailover', { enabled: 'true', timeout: '30' }],
      ] as const) {
        expect({ path, status: (await post(path, form)).status }).toEqual({ path, status: 200 });
      }
    }
    expect((await post('/settings/web?just_validate=1', { port: 'SAME', ...who })).status).toBe(200);
    expect((await call('GET', '/pools')).json).toMatchObject({ pools: [] });
    expect((await call('GET', '/settings/indexes')).json).toMatchObject({ storageMode: 'memory_optimized' });
    expect((await call('GET', '/settings/autoFailover')).json).toMatchObject({ enabled: true, timeout: 30, count: 0 });
  });

  test.each([
    ['/node/controller/setupServices', { services: 'kv,fts' }, ['Unknown services: fts']],
    [
      '/node/controller/setupServices',
      { services: 'index,n1ql' },
      ['cannot setup first cluster node without kv service'],
    ],
    ['/node/controller/setupServices', {}, [expect.stringContaining('Unknown services')]],
    ['/node/controller/rename', {}, ['The name cannot be empty']],
    ['/node/controller/rename', { hostname: 'two words' }, [expect.stringContaining('letters, digits') as string]],
    [
      '/pools/default',
      { clusterName: 'x'.repeat(257) },
      { errors: { clusterName: expect.stringContaining('too long') as string } },
    ],
    ['/nodes/self/controller/settings', { path: 'data' }, ['An absolute path is required for path']],
    ['/settings/web', who, { errors: { port: 'The value must be supplied' } }],
    ['/settings/web', { port: 'x', ...who }, { errors: { port: 'Port must be a positive integer less than 65536' } }],
    [
      '/settings/web',
      { port: 'SAME', username: 'A', password: 'x' },
      { errors: { password: expect.any(String) as string } },
    ],
    [
      '/settings/indexes',
      { storageMode: 'disk' },
      { errors: { storageMode: expect.stringContaining('one of') as string } },
    ],
    ['/settings/stats', { sendStats: 'maybe' }, { errors: { sendStats: expect.stringContaining('one of') as string } }],
    ['/settings/autoFailover', { timeout: '30' }, { errors: { enabled: expect.any(String) as string } }],
    [
      '/settings/autoFailover',
      { enabled: 'true', timeout: '1' },
      { errors: { timeout: expect.any(String) as string } },
    ],
    [
      '/pools/default',
      { memoryQuota: '300', indexMemoryQuota: '100' },
      { errors: { indexMemoryQuota: 'The index service quota (100MB) cannot be less than 256MB.' } },
    ],
  ] as [string, Record<string, string>, unknown][])(
    'POST %s %o is 400 and changes nothing',
    async (path, form, body) => {
      const before = (await call('GET', '/nodes/self')).json as Record<string, unknown>;
      expect(told(await post(path, form))).toEqual({ status: 400, body });
      expect((await call('GET', '/nodes/self')).json).toMatchObject({
        services: before['services'],
        memoryQuota: before['memoryQuota'],
      });
      expect((await call('GET', '/pools')).json).toMatchObject({ pools: [] });
    },
  );

  test('another management port is 501, and nothing is set', async () => {
    const answer = await post('/settings/web', { port: '9000', ...who });
    expect(answer.status).toBe(501);
    expect(answer.body).toContain('moving the management port');
    expect((await call('GET', '/pools')).json).toMatchObject({ pools: [] });
  });
});

describe('a node that is set up', () => {
  beforeEach(setUp);
  const again = (path: string, form: Record<string, string>) => post(path, form, administrator);

  test('every step of the script again, without password, is 401', async () => {
    for (const [path, form] of [
      ['/pools/default', { memoryQuota: '300' }],
      ['/node/controller/setupServices', { services: 'kv,n1ql,index' }],
      ['/settings/web', { port: '8091', ...who }],
      ['/settings/indexes', { storageMode: 'forestdb' }],
      ['/sampleBuckets/install', {}],
      ['/clusterInit', who],
    ] as const) {
      expect({ path, status: (await post(path, form)).status }).toEqual({ path, status: 401 });
      expect((await post(path, form, 'Administrator:wrong')).status).toBe(401);
    }
  });

  test('with it: what can be set again is, services and paths are refused with the reason', async () => {
    expect(told(await again('/node/controller/setupServices', { services: 'kv,n1ql,index' }))).toEqual({
      status: 400,
      body: ['cannot change node services after cluster is provisioned'],
    });
    expect(told(await again('/nodes/self/controller/settings', { path: '/data' }))).toMatchObject({ status: 400 });
    expect((await again('/pools/default', { memoryQuota: '400' })).status).toBe(200);
    expect((await again('/settings/web', { port: 'SAME', ...who })).status).toBe(200);
    expect((await again('/node/controller/rename', { hostname: '10.1.7.2' })).status).toBe(200);
    expect((await again('/settings/indexes', { storageMode: 'memory_optimized' })).status).toBe(200);
    expect((await again('/settings/indexes', { storageMode: 'memory_optimized' })).status).toBe(200);
    expect(told(await again('/settings/indexes', { storageMode: 'forestdb' }))).toMatchObject({ status: 400 });
  });

  test('half set up: without buckets the list is empty, and a bucket is missing', async () => {
    const get = (path: string) => call('GET', path, undefined, administrator);
    expect(told(await get('/pools/default/buckets'))).toEqual({ status: 200, body: [] });
    expect((await get('/pools/default/buckets/default')).status).toBe(404);
    expect(told(await get('/pools/default/tasks'))).toEqual({
      status: 200,
      body: [{ type: 'rebalance', status: 'notRunning' }],
    });
    expect((await get('/settings/web')).json).toEqual({
      port: server.ports.mgmt,
      username: 'Administrator',
      password: '',
    });
  });

  test('a bucket of any age is made once; just_validate makes none', async () => {
    const bucket = { name: 'pets', ramQuotaMB: '100', authType: 'none', proxyPort: '11215', replicaNumber: '0' };
    expect(told(await again('/pools/default/buckets?just_validate=1', bucket))).toMatchObject({
      status: 200,
      body: { errors: {} },
    });
    expect((await again('/pools/default/buckets', bucket)).status).toBe(202);
    for (let time = 0; time < 3; time++) {
      expect(told(await again('/pools/default/buckets', bucket))).toEqual({
        status: 400,
        body: { errors: { name: 'Bucket with given name already exists' } },
      });
    }
    expect(told(await again('/pools/default', { memoryQuota: '100' }))).toMatchObject({ status: 400 });
  });

  test('rebalance: nothing to do for this node, 400 for others', async () => {
    expect((await again('/controller/rebalance', { knownNodes: 'ns_1@127.0.0.1' })).status).toBe(200);
    expect(told(await again('/controller/rebalance', {}))).toEqual({ status: 400, body: { empty_known_nodes: 1 } });
    const two = { knownNodes: 'ns_1@127.0.0.1,ns_1@10.1.7.3' };
    expect(told(await again('/controller/rebalance', two))).toEqual({ status: 400, body: { mismatch: 1 } });
  });

  test('server groups are an enterprise matter', async () => {
    expect(told(await call('GET', '/pools/default/serverGroups', undefined, administrator))).toEqual({
      status: 400,
      body: 'This http API endpoint requires enterprise edition',
    });
  });

  test.each([
    ['POST', '/sampleBuckets/install'],
    ['GET', '/sampleBuckets'],
    ['POST', '/controller/addNode'],
    ['POST', '/controller/failOver'],
    ['POST', '/node/controller/doJoinCluster'],
    ['POST', '/node/controller/setupNetConfig'],
    ['PUT', '/node/controller/setupAlternateAddresses/external'],
    ['POST', '/nodeInit'],
    ['GET', '/pools/default/remoteClusters'],
    ['GET', '/settings/security'],
    ['POST', '/settings/audit'],
    ['POST', '/settings/alerts'],
    ['GET', '/settings/rbac/lookupLDAPUser/app'],
    ['GET', '/pools/default/certificate'],
    ['POST', '/pools/default/buckets/pets/controller/compactBucket'],
    ['GET', '/pools/default/buckets/pets/localRandomKey'],
    ['GET', '/logs'],
    ['GET', '/internalSettings'],
    ['POST', '/diag/eval'],
    ['GET', '/versions'],
    ['GET', '/pools/default/terseClusterInfo'],
    ['GET', '/pools/default/pendingRetryRebalance'],
    ['POST', '/pools/default/checkPermissions'],
    ['POST', '/controller/cancelRebalanceRetry/5'],
    ['POST', '/controller/resetAdminPassword'],
    ['GET', '/pools/default/buckets/pets/scopes/_default/collections/_default/localRandomKey'],
    ['GET', '/settings/resourceManagement'],
  ])('%s %s is not built: 501 with the reason', async (method, path) => {
    const { status, json } = await call(method, path, {}, administrator);
    expect({ status, json }).toEqual({
      status: 501,
      json: {
        errors: { _: expect.stringMatching(/^\S.+ (?:is|are) not supported by this embedded server$/u) as string },
      },
    });
  });
});

test('a quota that the machine does not have is refused, by both ways to set a node up', async () => {
  const refused = {
    status: 400,
    body: {
      errors: {
        _: expect.stringMatching(
          /^Total quota \(99999999MB\) exceeds the maximum allowed quota \(\d+MB\) on node 'ns_1@/u,
        ) as string,
      },
    },
  };
  expect(told(await post('/pools/default', { memoryQuota: '99999999' }))).toEqual(refused);
  expect(told(await post('/clusterInit', { ...who, port: 'SAME', memoryQuota: '99999999' }))).toEqual(refused);
  expect((await call('GET', '/pools')).json).toMatchObject({ pools: [] });
});

test.each([
  // A fifth of a small machine stays, 1 GiB of a large one; index memory counts where that service runs.
  [2048, ['kv'], 1638, undefined],
  [2048, ['kv'], 1639, 1638],
  [16_384, ['kv'], 15_360, undefined],
  [16_384, ['kv', 'index'], 15_360, 15_360],
  [16_384, ['kv', 'index'], 15_104, undefined],
] as const)('of %i MB, %o: %i MB', (memoryMb, services, kv, most) => {
  const node = { node: 'ns_1@host', memoryBytes: memoryMb * 2 ** 20 };
  const checked = checkTotalQuota({ kv, index: 256 }, services, node);
  const text = 'problems' in checked ? checked.problems['_'] : undefined;
  expect(text === undefined ? undefined : Number(/quota \((\d+)MB\) on/u.exec(text)?.[1])).toBe(most);
});
