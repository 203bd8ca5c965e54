import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from '#apps/couchbase/src/cli/run.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { alone } from '../support/cli.ts';
import { runNode } from '../support/process.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

let bundles: Bundles;
let server: ServerProcess;
let address: string;

beforeAll(async () => {
  bundles = await bundle();
  server = await startServerProcess(bundles.server);
  address = `127.0.0.1:${server.ports.mgmt}`;
});
afterAll(async () => {
  await server.stop();
  await bundles.remove();
});

const cli = (line: string) => runNode([bundles.cli, ...line.replaceAll('ADDR', address).split(' ')]);

const init =
  'cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1 --services=data,index,query --cluster-ramsize=500';
const create =
  'bucket-create -c ADDR -u Administrator -p Password1 --bucket=default --bucket-type=couchbase --bucket-ramsize=500 --bucket-replica=1 --cluster-ramsize=500';
const asAdministrator = '-c ADDR -u Administrator -p Password1';
const refused = 'ERROR: unable to access the REST API - please check your username (-u) and password (-p)\n';

describe('the lines of the chapter, in order, on a fresh server', () => {
  test('cluster-init cannot be done while nothing listens', async () => {
    // Port 1 is privileged and unused: nothing answers there.
    expect(await cli(init.replace('ADDR', '127.0.0.1:1'))).toEqual({
      code: 1,
      stdout: 'ERROR: command: cluster-init: 127.0.0.1:1, [Errno 111] Connection refused\n',
      stderr: '',
    });
  });

  test('wrong options of cluster-init end with 0, as 4.0 did, and change nothing', async () => {
    expect(await cli('cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1')).toEqual({
      code: 0,
      stdout: 'ERROR: option cluster-ramsize is not specified\n',
      stderr: '',
    });
    expect((await cli(init.replace('query', 'search'))).stdout).toBe('ERROR: invalid service: search\n');
  });

  test('bucket-create before cluster-init is refused', async () => {
    const { code, stdout } = await cli(create);
    expect(code).toBe(2);
    expect(stdout).toBe('ERROR: unable to bucket-create; (404) Object Not Found\n"unknown pool"\n');
  });

  test('cluster-init, and a second time', async () => {
    expect(await cli(init)).toEqual({ code: 0, stdout: 'SUCCESS: init/edit 127.0.0.1\n', stderr: '' });
    expect(await cli(init)).toEqual({ code: 2, stdout: refused, stderr: '' });
  });

  test('bucket-create, and a second time', async () => {
    expect(await cli(create)).toEqual({ code: 0, stdout: 'SUCCESS: bucket-create\n', stderr: '' });
    const again = await cli(create);
    expect(again.code).toBe(2);
    expect(again.stdout).toBe(
      'ERROR: unable to bucket-create; (400) Bad Request\n{"errors":{"name":"Bucket with given name already exists"}}\n',
    );
  });

  test('bucket-list', async () => {
    expect((await cli(`bucket-list ${asAdministrator}`)).stdout).toBe(
      [
        'default',
        ' bucketType: membase',
        ' authType: sasl',
        ' saslPassword: ',
        ' numReplicas: 1',
        ' ramQuota: 524288000',
        ' ramUsed: 0',
        '',
      ].join('\n'),
    );
  });

  test('server-list and server-info', async () => {
    expect((await cli(`server-list ${asAdministrator}`)).stdout).toBe(`ns_1@127.0.0.1 ${address} healthy active\n`);
    const { stdout } = await cli(`server-info ${asAdministrator}`);
    const info = JSON.parse(stdout) as Record<string, unknown>;
    expect(info).toMatchObject({
      services: ['kv', 'index', 'n1ql'],
      memoryQuota: 500,
      version: '7.6.2-0-coreos-lab-embedded',
    });
    expect(Object.keys(info)).toEqual(Object.keys(info).toSorted());
    expect(stdout).toContain('\n  "version"');
  });

  test('bucket-delete, and a second time', async () => {
    expect((await cli(`bucket-delete ${asAdministrator} --bucket=default`)).stdout).toBe('SUCCESS: bucket-delete\n');
    const again = await cli(`bucket-delete ${asAdministrator} --bucket default`);
    expect(again.code).toBe(2);
    expect(again.stdout).toMatch(/^ERROR: unable to bucket-delete; \(404\) Object Not Found\n/u);
  });

  test('--wait returns once the bucket is healthy', async () => {
    expect((await cli(`${create} --wait`)).stdout).toBe('SUCCESS: bucket-create\n');
  });
});

describe('bad command lines', () => {
  const inProcess = (line: string, env: Record<string, string> = {}) =>
    runCli(line.replaceAll('ADDR', address).split(' '), alone(env));

  test.each([
    [
      'bucket-list -c ADDR',
      'ERROR: Username cannot be empty. Please use -u or set environment variable CB_REST_USERNAME.',
    ],
    [
      'bucket-list -c ADDR -u Administrator',
      'ERROR: Password cannot be empty. Please use -p or set environment variable CB_REST_PASSWORD.',
    ],
    ['bucket-list -c ADDR -u Administrator -p wrong', refused.trimEnd()],
    ['bucket-list -c ADDR --nonsense', 'ERROR: option --nonsense not recognized'],
    ['bucket-list -c', 'ERROR: option --cluster requires argument'],
    ['bucket-list -u Administrator -p Password1', 'ERROR: option cluster is not specified, or not HOST[:PORT]'],
    ['bucket-create -c ADDR -u Administrator -p Password1', 'ERROR: option bucket is not specified'],
  ])('%s', async (line, text) => {
    expect(await inProcess(line)).toEqual({ code: 2, lines: [text] });
  });

  test('name and password may come from the environment', async () => {
    const env = { CB_REST_USERNAME: 'Administrator', CB_REST_PASSWORD: 'Password1' };
    expect((await inProcess('server-list -c ADDR', env)).code).toBe(0);
  });

  test.each([
    'rebalance -c ADDR',
    'rebalance -c ADDR -u Administrator -p Password1 --server-add=10.1.1.9:8091 --server-add-username=u --server-add-password=p',
    'failover -c ADDR --server-failover=10.1.1.9',
    'ssl-manage -c ADDR --cluster-cert-info',
  ])('an unknown command names itself, whatever its options, and shows the usage: %s', async (line) => {
    const { code, lines } = await inProcess(line);
    expect(code).toBe(2);
    expect(lines[0]).toBe(`ERROR: command: ${line.split(' ')[0]} is not in this embedded couchbase-cli`);
    expect(lines).toContain('usage: couchbase-cli COMMAND -c HOST[:8091] [-u USER -p PASSWORD] [OPTIONS]');
  });
});

describe('a node that is none', () => {
  test.each(['<html>', '{}', '[]', '[{"name":"default"}]', '{"nodes":"all"}', 'null'])('answers %s', async (body) => {
    const other = createServer((_request, response) => void response.end(body));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const bound = other.address();
    const at = `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
    const line = (command: string) => `${command} -c ${at} -u Administrator -p Password1`.split(' ');
    for (const command of ['server-list', 'bucket-list', 'bucket-create --bucket=b --bucket-ramsize=100 --wait']) {
      const { code, lines } = await runCli(line(command), alone());
      // An empty list of buckets is an answer.
      if (command === 'bucket-list' && body === '[]') expect([code, lines]).toEqual([0, []]);
      else expect([code, lines[0]]).toEqual([2, expect.stringContaining(`${at} gave no such answer`)]);
    }
  });
});
