import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '#apps/couchbase/src/cli/run.ts';
import { alone } from '../support/cli.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
beforeAll(async () => {
  server = await startRunning({ generation: '4.0' });
});
afterAll(() => server.stop());

const cli = (line: string, answer?: string) =>
  runCli(
    line.replace('@', `-c 127.0.0.1:${server.ports.mgmt} -u Administrator -p Password1`).split(' '),
    alone({ COUCHBASE_GENERATION: '4.0' }, answer),
  );
const done = (text: string) => ({ code: 0, lines: [`SUCCESS: ${text}`] });
const get = async (path: string) => (await ask(server.ports.mgmt, 'GET', path, { auth: administrator })).json;

test('bucket-edit changes what it names', async () => {
  expect(await cli('bucket-edit @ --bucket=default --bucket-ramsize=300 --enable-flush=1')).toEqual(
    done('bucket-edit'),
  );
  expect(await get('/pools/default/buckets/default')).toMatchObject({
    quota: { ram: 300 * 1024 * 1024 },
    controllers: { flush: expect.any(String) as string },
    replicaNumber: 0,
  });
  expect(await cli('bucket-edit @ --bucket=default --bucket-priority=high --bucket-password=b')).toEqual(
    done('bucket-edit'),
  );
  expect(await get('/pools/default/buckets/default')).toMatchObject({ threadsNumber: 8, saslPassword: 'b' });
  expect(await cli('bucket-edit @ --bucket=none')).toMatchObject({ code: 2 });
  expect(await cli('bucket-edit @')).toEqual({ code: 2, lines: ['ERROR: option bucket is not specified'] });
});

describe('bucket-flush', () => {
  const items = async () =>
    ((await get('/pools/default/buckets/default')) as { basicStats: { itemCount: number } }).basicStats.itemCount;

  test.each([
    ['', undefined, []],
    ['', 'No', []],
    ['', 'Yes', ['SUCCESS: bucket-flush']],
    ['', 'y', ['SUCCESS: bucket-flush']],
    [' --force', undefined, ['SUCCESS: bucket-flush']],
  ])('with "%s", and %o for an answer', async (flag, answer, lines) => {
    expect(await cli(`bucket-flush @ --bucket=default${flag}`, answer)).toEqual({ code: 0, lines });
    expect(await items()).toBe(0);
  });

  test('is refused where flushing is not enabled', async () => {
    await cli('bucket-edit @ --bucket=default --enable-flush=0');
    const { code, lines } = await cli('bucket-flush @ --bucket=default --force');
    expect([code, lines[0]]).toEqual([2, 'ERROR: unable to bucket-flush; (400) Bad Request']);
  });
});

test('settings', async () => {
  expect(await cli('setting-cluster @ --cluster-ramsize=600 --cluster-index-ramsize=300')).toEqual(
    done('set cluster settings'),
  );
  expect(await get('/pools/default')).toMatchObject({ memoryQuota: 600, indexMemoryQuota: 300 });
  expect(await cli('setting-cluster @')).toEqual({ code: 0, lines: ['Error: No parameters specified'] });
  expect(await cli('setting-autofailover @ --enable-auto-failover=1 --auto-failover-timeout=60')).toEqual(
    done('set auto failover settings'),
  );
  expect(await get('/settings/autoFailover')).toMatchObject({ enabled: true, timeout: 60 });
  expect(await cli('setting-autofailover @ --enable-auto-failover=1 --auto-failover-timeout=5')).toEqual({
    code: 0,
    lines: ['ERROR: Timeout value must be larger than 30 second.'],
  });
  expect(await cli('setting-notification @ --enable-notification=1')).toEqual(done('set notification settings'));
  expect(await get('/settings/stats')).toEqual({ sendStats: true });
});

test('node-init names the node, host-list says the name', async () => {
  expect(await cli('node-init @ --node-init-hostname=core-01.lab')).toMatchObject({ code: 2 });
  const fresh = await startRunning({ generation: '4.0', initialise: false });
  const line = (command: string) =>
    runCli(command.replace('@', `-c 127.0.0.1:${fresh.ports.mgmt}`).split(' '), alone({ COUCHBASE_GENERATION: '4.0' }));
  expect(await line('node-init @ --node-init-data-path=/data --node-init-hostname=core-01.lab')).toEqual(
    done('set hostname for 127.0.0.1'),
  );
  expect(await line('node-init @ --node-init-data-path=/data')).toEqual(done('init 127.0.0.1'));
  await line('cluster-init @ --cluster-username=Administrator --cluster-password=Password1 --cluster-ramsize=300');
  expect(await line('host-list @ -u Administrator -p Password1')).toEqual({
    code: 0,
    lines: [`core-01.lab:${fresh.ports.mgmt}`],
  });
  fresh.stop();
});

test('the read-only user', async () => {
  const set = 'user-manage @ --set --ro-username=watcher --ro-password=secret-1';
  expect(await cli('user-manage @ --list')).toMatchObject({
    code: 2,
    lines: [expect.stringMatching(/^ERROR: not any read only user defined; \(404\)/u)],
  });
  expect(await cli(set)).toEqual(done('readOnly user created'));
  expect(await cli(set)).toEqual({
    code: 0,
    lines: ['ERROR: readonly user watcher exist already. Delete it before creating a new one'],
  });
  expect(await cli('user-manage @ --list')).toEqual({ code: 0, lines: ['watcher'] });
  expect(await cli('user-manage @ --delete')).toEqual(done('readOnly user deleted'));
  expect(await cli('user-manage @ --delete')).toMatchObject({ code: 2 });
});

test('cluster-edit changes administrator and quota', async () => {
  expect(
    await cli('cluster-edit @ --cluster-username=Administrator --cluster-password=Password2 --cluster-ramsize=700'),
  ).toEqual(done('init/edit 127.0.0.1'));
  expect((await cli('bucket-list @')).code).toBe(2);
  const auth = 'Administrator:Password2';
  expect((await ask(server.ports.mgmt, 'GET', '/pools/default', { auth })).json).toMatchObject({ memoryQuota: 700 });
});
