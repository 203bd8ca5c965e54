import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '#apps/couchbase/src/cli/run.ts';
import { alone } from '../support/cli.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/* Words and exit codes of couchbase-cli 7.x: its source, cbmgr.py and cluster_manager.py. */

let server: Running;
beforeAll(async () => {
  server = await startRunning({ initialise: false });
});
afterAll(() => server.stop());

const seven = { COUCHBASE_GENERATION: '7.6' };
const line = (text: string) =>
  text
    .replace('@', `-c 127.0.0.1:${server.ports.mgmt} -u Administrator -p Password1`)
    .replace('ADDR', `127.0.0.1:${server.ports.mgmt}`)
    .split(' ');
const cli = (text: string, env: Record<string, string> = seven, answer?: string) =>
  runCli(line(text), alone(env, answer));
const done = (text: string) => ({ code: 0, lines: [`SUCCESS: ${text}`] });
const failed = (...errors: string[]) => ({ code: 1, lines: errors.map((error) => `ERROR: ${error}`) });
const get = async (path: string) => (await ask(server.ports.mgmt, 'GET', path, { auth: administrator })).json;
const init =
  'cluster-init -c ADDR --cluster-username Administrator --cluster-password Password1 --services data,index,query --cluster-ramsize 500';

describe('on a fresh node, in order', () => {
  test('all but cluster-init want an initialised one', async () => {
    const text = 'Cluster is not initialized, use cluster-init to initialize the cluster';
    for (const command of ['bucket-list', 'setting-cluster', 'user-manage --list', 'collection-manage --bucket=b'])
      expect(await cli(`${command} @`)).toEqual(failed(text));
    expect((await cli('server-info @')).code).toBe(0);
  });

  test.each([
    ['--services data,search', '`search` is not a valid service'],
    ['--services data,eventing', 'eventing service is only available on Enterprise Edition'],
    ['--services data,index', expect.stringContaining('Invalid service configuration.')],
    ['--index-storage-setting memopt', expect.stringContaining('can only be configured on enterprise edition')],
    ['--cluster-ramsize 100', 'memoryQuota - The data service quota (100MB) cannot be less than 256MB.'],
    ['--cluster-password short', 'password - The password must be at least 6 characters long.'],
  ])('cluster-init %s is refused, and nothing is set', async (more, text) => {
    const { code, lines } = await cli(`${init} ${more}`);
    expect(code).toBe(1);
    expect(lines.map((one) => one.replace('ERROR: ', ''))).toEqual([text]);
    expect(await get('/pools')).toMatchObject({ pools: [] });
  });

  test('cluster-init with a name, and a second time', async () => {
    expect(await cli(`${init} --cluster-name pets --update-notifications 0`)).toEqual(done('Cluster initialized'));
    expect(await get('/pools/default')).toMatchObject({ clusterName: 'pets', memoryQuota: 500 });
    expect(await get('/settings/indexes')).toMatchObject({ storageMode: 'forestdb' });
    expect(await get('/settings/stats')).toEqual({ sendStats: false });
    expect(await cli(init)).toEqual(failed('Cluster is already initialized, use setting-cluster to change settings'));
  });

  const bucket = 'bucket-create @ --bucket default --bucket-type couchbase --bucket-ramsize 200 --bucket-replica 1';
  test('bucket-create, and a second time', async () => {
    expect(await cli(`${bucket} --enable-flush 1 --compression-mode passive --wait`)).toEqual(done('Bucket created'));
    expect(await cli(bucket)).toEqual(failed('name - Bucket with given name already exists'));
    expect(await get('/pools/default/buckets/default')).toMatchObject({ compressionMode: 'passive', replicaNumber: 1 });
  });

  test('bucket-create of what a community node has not', async () => {
    const other = 'bucket-create @ --bucket b --bucket-type couchbase --bucket-ramsize 100';
    expect(await cli(`${other} --storage-backend magma`)).toEqual(
      failed('storageBackend - Magma is supported in enterprise edition only'),
    );
    expect(await cli(`${other} --history-retention-seconds 10`)).toEqual(
      failed('historyRetentionSeconds - historyRetentionSeconds can only be set in Enterprise edition'),
    );
    expect(await cli(other.replace('couchbase', 'ephemeral') + ' --storage-backend couchstore')).toEqual(
      failed('--storage-backend is only valid for couchbase buckets'),
    );
  });

  test('bucket-list, also as JSON', async () => {
    expect((await cli('bucket-list @')).lines).toEqual([
      'default',
      ' bucketType: membase',
      ' numReplicas: 1',
      ' ramQuota: 209715200',
      ' ramUsed: 0',
    ]);
    const [json = ''] = (await cli('bucket-list @ -o json')).lines;
    expect(JSON.parse(json)).toMatchObject([{ name: 'default', compressionMode: 'passive' }]);
  });

  test('bucket-edit, bucket-flush, bucket-delete', async () => {
    expect(await cli('bucket-edit @ --bucket default --bucket-ramsize 150 --max-ttl 60')).toEqual(
      done('Bucket edited'),
    );
    expect(await get('/pools/default/buckets/default')).toMatchObject({ maxTTL: 60, quota: { ram: 157_286_400 } });
    expect(await cli('bucket-edit @ --bucket none --bucket-ramsize 150')).toEqual(failed('Bucket not found'));
    expect(await cli('bucket-flush @ --bucket default --force')).toEqual(done('Bucket flushed'));
    expect(await cli('bucket-flush @ --bucket default', seven, 'Yes')).toEqual(done('Bucket flushed'));
    expect(await cli('bucket-flush @ --bucket default', seven, 'no')).toEqual({ code: 0, lines: [] });
    await cli('bucket-edit @ --bucket default --enable-flush 0');
    expect(await cli('bucket-flush @ --bucket default --force')).toEqual(failed('Flush is disabled for the bucket'));
    await cli('bucket-create @ --bucket b --bucket-type ephemeral --bucket-ramsize 100');
    expect(await cli('bucket-delete @ --bucket b')).toEqual(done('Bucket deleted'));
    expect(await cli('bucket-delete @ --bucket b')).toEqual(failed('Bucket not found'));
  });

  test('host-list, server-list, server-info', async () => {
    const address = `127.0.0.1:${server.ports.mgmt}`;
    expect(await cli('host-list @')).toEqual({ code: 0, lines: [address] });
    expect(await cli('host-list @ --output json')).toEqual({ code: 0, lines: [`{"nodes":["${address}"]}`] });
    expect(await cli('server-list @')).toEqual({ code: 0, lines: [`ns_1@127.0.0.1 ${address} healthy active`] });
    const info = JSON.parse((await cli('server-info @')).lines.join('\n')) as Record<string, unknown>;
    expect(info).toMatchObject({ version: '7.6.2-0-coreos-lab-embedded', services: ['kv', 'index', 'n1ql'] });
  });

  test('user-manage: users', async () => {
    const set = 'user-manage @ --set --rbac-username jane --auth-domain local';
    expect(await cli(`${set} --roles admin`)).toEqual(failed('password - Password is required for new user.'));
    expect(await cli(`${set} --rbac-password secret-1 --rbac-name Jane --roles bucket_full_access[default]`)).toEqual(
      done('User jane set'),
    );
    const [shown] = JSON.parse((await cli('user-manage @ --list')).lines.join('\n')) as Record<string, unknown>[];
    expect(shown).toMatchObject({
      id: 'jane',
      name: 'Jane',
      roles: [{ role: 'bucket_full_access', bucket_name: 'default' }],
    });
    expect(JSON.parse((await cli('user-manage @ --get --rbac-username jane')).lines.join('\n'))).toEqual([shown]);
    expect(await cli('user-manage @ --get --rbac-username joe')).toEqual(failed('no user joe'));
    expect(JSON.parse((await cli('user-manage @ --my-roles')).lines.join('\n'))).toMatchObject({ domain: 'admin' });
    const asJane = `-c 127.0.0.1:${server.ports.mgmt} -u jane -p secret-1`;
    expect(await cli(`user-change-password ${asJane} --new-password secret-2`)).toEqual(
      done('Changed password for jane'),
    );
    expect(await cli(`bucket-list ${asJane}`)).toEqual(
      failed('unable to access the REST API - please check your username (-u) and password (-p)'),
    );
    expect(await cli(`user-manage ${asJane.replace('-1', '-2')} --list`)).toEqual(
      failed('Forbidden. User needs the following permissions: cluster.security!read'),
    );
    expect(await cli('user-manage @ --delete --rbac-username jane --auth-domain local')).toEqual(
      done("User 'jane' was removed"),
    );
    expect(await cli('user-manage @ --delete --rbac-username jane --auth-domain local')).toEqual(
      failed('User was not found.'),
    );
  });

  test('user-manage: groups', async () => {
    const set = 'user-manage @ --set-group --group-name writers --roles data_writer[*]';
    expect(await cli(`${set} --group-description who-write`)).toEqual(done("Group 'writers' set"));
    expect(JSON.parse((await cli('user-manage @ --get-group --group-name writers')).lines.join('\n'))).toMatchObject({
      id: 'writers',
      description: 'who-write',
    });
    expect(JSON.parse((await cli('user-manage @ --list-groups')).lines.join('\n'))).toHaveLength(1);
    expect(await cli('user-manage @ --delete-group --group-name writers')).toEqual(done("Group 'writers' was deleted"));
    expect(await cli('user-manage @ --delete-group')).toEqual(
      failed('--group-name is required with the --delete-group option'),
    );
  });

  test.each([
    ['user-manage @', expect.stringMatching(/^ERROR: Must specify --delete, --list/u)],
    ['user-manage @ --list --get', expect.stringMatching(/^ERROR: Only one of the following can be specified:/u)],
    ['user-manage @ --set --auth-domain local', 'ERROR: --rbac-username is required with the --set option'],
    ['user-manage @ --set --rbac-username x', 'ERROR: --auth-domain is required with the --set option'],
    ['collection-manage @ --bucket default', expect.stringMatching(/^ERROR: Must specify one of the following: --c/u)],
    [
      'collection-manage @ --bucket default --list-scopes --create-scope s',
      expect.stringMatching(/^ERROR: Only one of the following may be specified: --create-scope, /u),
    ],
    ['collection-manage @ --bucket default --create-collection pets', 'ERROR: invalid collection path pets'],
    [
      'collection-manage @ --bucket default --list-scopes --max-ttl 5',
      'ERROR: --max-ttl can only be set with --create-collection',
    ],
    ['setting-autofailover @', 'ERROR: No settings specified to be changed'],
    ['node-init @', 'ERROR: No node initialization parameters specified'],
  ])('%s', async (text, error) => expect(await cli(text)).toEqual({ code: 1, lines: [error] }));

  test('collection-manage lists what there is', async () => {
    expect(await cli('collection-manage @ --bucket default --list-scopes')).toEqual({ code: 0, lines: ['_default'] });
    const list = 'collection-manage @ --bucket default --list-collections';
    expect(await cli(list)).toEqual({ code: 0, lines: ['_default'] });
    expect(await cli(`${list} none`)).toEqual(failed('Scope none does not exist'));
    expect(await cli(list.replace('default', 'none'))).toMatchObject({ code: 1 });
  });

  test('settings', async () => {
    expect(await cli('setting-autofailover @ --enable-auto-failover 1 --auto-failover-timeout 30')).toEqual(
      done('Auto-failover settings modified'),
    );
    expect(await cli('setting-notification @ --enable-notifications 1')).toEqual(done('Notification settings updated'));
    expect(await cli('setting-cluster @ --cluster-name zoo --cluster-ramsize 600')).toEqual(
      done('Cluster settings modified'),
    );
    expect(await get('/pools/default')).toMatchObject({ clusterName: 'zoo', memoryQuota: 600 });
    expect(await get('/settings/autoFailover')).toMatchObject({ enabled: true, timeout: 30 });
    expect(await cli('setting-cluster @ --cluster-ramsize 100')).toMatchObject({ code: 1 });
    expect(await cli('setting-cluster @ --cluster-password Password2')).toEqual(done('Cluster settings modified'));
    expect((await cli('bucket-list @')).code).toBe(1);
    const back = '-u Administrator -p Password2 --cluster-password Password1';
    expect(await cli(`setting-cluster -c ADDR ${back}`)).toEqual(done('Cluster settings modified'));
  });
});

describe('wrong options: exit code 2, on standard error', () => {
  test.each([
    ['bucket-list', 'the following arguments are required: -c/--cluster, -u/--username, -p/--password'],
    ['bucket-delete @', 'the following arguments are required: --bucket'],
    ['bucket-list @ --nonsense', 'unrecognized arguments: --nonsense'],
    ['bucket-list @ extra words', 'unrecognized arguments: extra words'],
    ['bucket-list @ --clust x', 'unrecognized arguments: --clust x'],
    ['bucket-delete @ --bucket', 'argument --bucket: expected one argument'],
    ['bucket-list -c', 'argument -c/--cluster: expected one argument'],
    ['bucket-flush @ --bucket b --force=yes', "argument --force: ignored explicit argument 'yes'"],
    ['bucket-edit @ --bucket b --bucket-ramsize much', "argument --bucket-ramsize: invalid int value: 'much'"],
    [
      'bucket-edit @ --bucket b --bucket-replica 7',
      "argument --bucket-replica: invalid choice: '7' (choose from '0', '1', '2', '3')",
    ],
    ['bucket-list -c http://a/b -u x -p y', 'argument -c/--cluster: http://a/b is not an accepted hostname'],
    [
      'bucket-create @ --bucket=default --bucket-type=couchbase --bucket-ramsize=500 --bucket-replica=1 --cluster-ramsize=500',
      'unrecognized arguments: --cluster-ramsize=500',
    ],
  ])('%s', async (text, error) => {
    expect(await cli(text)).toEqual({ code: 2, lines: [], errorLines: [`ERROR: ${error}`] });
  });

  test('name and password may come from the environment', async () => {
    const env = { ...seven, CB_REST_USERNAME: 'Administrator', CB_REST_PASSWORD: 'Password1' };
    expect((await cli('server-list -c ADDR', env)).code).toBe(0);
  });

  test('help lists commands, and the options of one', async () => {
    expect((await cli('-h')).lines).toContainEqual(expect.stringMatching(/^ {2}collection-manage +Manage/u));
    expect((await cli('bucket-create -h')).lines).toContain('  --bucket-ramsize <bucket-ramsize>   (required)');
    expect(await cli('xdcr-setup @')).toMatchObject({ code: 2, errorLines: [expect.stringContaining("'xdcr-setup'")] });
  });

  test('a node that is not there', async () => {
    const { code, lines } = await cli('bucket-list -c 127.0.0.1:1 -u x -p y');
    expect([code, lines]).toEqual([
      1,
      [expect.stringMatching(/^ERROR: Unable to connect to host at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/u)],
    ]);
  });
});

describe('whose words: of a line that only one of them knows, its; of one that both know, 4.0’s, unless the environment says 7.6', () => {
  test.each([
    ['setting-cluster @ --cluster-ramsize=500', {}, 'SUCCESS: set cluster settings'],
    ['setting-cluster @ --cluster-ramsize=500', { COUCHBASE_GENERATION: '4.0' }, 'SUCCESS: set cluster settings'],
    ['setting-cluster @ --cluster-ramsize=500', seven, 'SUCCESS: Cluster settings modified'],
    ['setting-cluster @ --cluster-name=pets', {}, 'SUCCESS: Cluster settings modified'],
    ['setting-cluster @ --cluster-name=pets', { COUCHBASE_GENERATION: '4.0' }, 'SUCCESS: Cluster settings modified'],
    ['collection-manage @ --bucket default --list-scopes', { COUCHBASE_GENERATION: '4.0' }, '_default'],
    ['user-manage @ --list', {}, '[]'],
    ['bucket-list @ --nonsense', {}, 'ERROR: option --nonsense not recognized'],
  ] as [string, Record<string, string>, string][])('%s %o: %s', async (text, env, first) => {
    expect((await cli(text, env)).lines[0]).toBe(first);
  });
});
