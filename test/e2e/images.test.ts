import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type StartedTestContainer, Wait } from 'testcontainers';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '#errors/exit-codes.ts';
import { containerOf, ended, inspected, onEngineOf, stopped } from '../support/containers/contract.ts';
import { runOfUnit } from '../support/containers/run-of-unit.ts';
import { LabCli, repoDir, runProgram } from '../support/lab-cli.ts';

/*
 * What the units take for granted of the images they name, by Testcontainers on a machine's own engine: reached as a reader's tests reach it.
 */

/** One machine is enough for containers. Its etcd is what worker and page look into. */
const lab = new LabCli('e2e', '', 1);
const host = '172.17.8.101';
/** Whatever the units give a container, these images ask for no more. */
const plain = { user: '', volumes: [], workDir: '', entrypoint: [], env: [] };
const address = expect.stringMatching(/^10\.1\.\d+\.\d+$/) as string;

const memcachedRun = runOfUnit('memcached@.service');
const couchbaseRun = runOfUnit('couchbase@.service');
let memcached: StartedTestContainer;
let couchbase: StartedTestContainer;

onEngineOf(lab, 'core-01');

/** What is answered until the other side hangs up. */
async function asked(port: number, request: string): Promise<string> {
  const socket = connect({ host, port, timeout: 30_000 });
  socket.once('timeout', () => socket.destroy(new Error(`${host}:${port} was silent`)));
  socket.write(request);
  return text(socket);
}

async function announce(key: string, container: StartedTestContainer): Promise<void> {
  const { exitCode } = await lab.on('core-01', `etcdctl set ${key} ${(await inspected(container)).address}`);
  expect(exitCode).toBe(0);
}

describe('memcached:1', () => {
  it('is what the official image is: port, user, entry point', async () => {
    expect(memcachedRun).toEqual({ image: 'memcached:1', ports: [], env: {} });
    // The unit publishes no port; this host would not reach it without one.
    memcached = await containerOf(memcachedRun)
      .withExposedPorts(11211)
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
    expect(await inspected(memcached)).toEqual({
      ...plain,
      user: 'memcache',
      ports: ['11211/tcp'],
      entrypoint: ['docker-entrypoint.sh'],
      command: ['memcached'],
      address,
    });
    const { stdout } = await memcached.exec(['sh', '-c', 'cat /proc/1/comm; id -un']);
    expect(stdout).toBe('memcached\nmemcache\n');
    const answer = await asked(memcached.getMappedPort(11211), 'set a 0 0 1\r\nx\r\nget a\r\nquit\r\n');
    expect(answer).toBe('STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n');
  });

  it.each([[['-vv', '-m', '32']], [['memcached', '-vv', '-m', '32']]])('takes %j, and SIGTERM', async (command) => {
    const verbose = containerOf(memcachedRun).withExposedPorts(11211).withCommand(command);
    const started = await verbose.withWaitStrategy(Wait.forLogMessage(/server listening/)).start();
    const settings = await asked(started.getMappedPort(11211), 'stats settings\r\nquit\r\n');
    expect(settings).toContain(`STAT maxbytes ${32 * 1024 ** 2}\r\n`);
    expect(await stopped(started)).toMatchObject({ exitCode: 0 });
  });
});

describe('couchbase:community-4.0.0', () => {
  const image = {
    ...plain,
    ports: ['11210/tcp', '8091/tcp', '8092/tcp'],
    env: ['COUCHBASE_GENERATION=4.0', 'COUCHBASE_CLI_SOCKET=/run/couchbase-cli.sock'],
    address,
  };
  /** A second container of the image beside it, as the unit's ExecStartPost= has it. */
  const cli = async (...words: string[]) => {
    const at = `${(await inspected(couchbase)).address}:8091`;
    const [verb = '', ...more] = words;
    const once = containerOf({ ...couchbaseRun, ports: [] }).withCommand(['couchbase-cli', verb, '-c', at, ...more]);
    return ended(await once.start());
  };

  it('answers at the port that its unit publishes, with as many files as the machine gives', async () => {
    expect(couchbaseRun).toMatchObject({
      image: 'couchbase:community-4.0.0',
      ports: [{ host: 8091, container: 8091 }],
    });
    couchbase = await containerOf(couchbaseRun).withWaitStrategy(Wait.forHttp('/pools', 8091)).start();
    expect(await inspected(couchbase)).toEqual({ ...image, command: ['node', '/opt/couchbase/server.cjs'] });
    const pools = (await (await fetch(`http://${host}:8091/pools`)).json()) as { implementationVersion: string };
    expect(pools.implementationVersion).toMatch(/^4\.0\./);
    // Who joins a container (docker exec) has the limits of its first process, which the host may have cut.
    const { stdout } = await couchbase.exec(['sh', '-c', "ulimit -n; awk '/open files/ {print $4}' /proc/1/limits"]);
    const [joined, first] = stdout.trim().split('\n').map(Number);
    expect([joined, first]).toEqual([
      first,
      Math.min(40_960, Number((await lab.on('core-01', 'ulimit -H -n')).stdout)),
    ]);
  });

  it('is its own couchbase-cli, which ends with an exit code', async () => {
    const login = ['-u', 'Administrator', '-p', 'Password1'];
    const init = ['--cluster-username=Administrator', '--cluster-password=Password1', '--cluster-ramsize=500'];
    expect(await cli('cluster-init', ...init, '--services=data,index,query')).toEqual({
      exitCode: 0,
      said: expect.stringContaining('SUCCESS') as string,
    });
    const bucket = ['--bucket=default', '--bucket-type=couchbase', '--bucket-ramsize=500', '--bucket-replica=1'];
    expect(await cli('bucket-create', ...login, ...bucket, '--wait')).toMatchObject({ exitCode: 0 });
    expect((await cli('bucket-list', '-u', 'Administrator', '-p', 'wrong')).exitCode).not.toBe(0);
    expect((await cli('bucket-list', ...login)).said).toContain('default');
  });
});

describe('the views of couchbase:community-4.0.0', () => {
  it.each([
    ['function (doc) { emit(null, 1); }', 201],
    ['function (', 400],
  ])('takes a map function only if it is one: %s', async (map, status) => {
    const headers = { authorization: `Basic ${Buffer.from('Administrator:Password1').toString('base64')}` };
    const request = { method: 'PUT', headers, body: JSON.stringify({ views: { all: { map } } }) };
    const place = 'http://127.0.0.1:8092/default/_design/some';
    const program = `fetch('${place}', ${JSON.stringify(request)}).then(({ status }) => console.log(status))`;
    expect((await couchbase.exec(['node', '-e', program])).output).toBe(`${status}\n`);
  });
});

describe('couchbase-cli in the container of its server', () => {
  const line = ['couchbase-cli', 'bucket-list', '-c', '127.0.0.1:8091', '-u', 'Administrator', '-p', 'Password1'];

  it('is run by the server; by another user, in its own process', async () => {
    const whole = await couchbase.exec(line, { env: { COUCHBASE_CLI_SOCKET: '' } });
    expect(whole).toMatchObject({ exitCode: 0, output: expect.stringContaining('default') as string });
    // There is no such program: who gets an answer has it of the server.
    const env = { COUCHBASE_CLI_OWN: '/none' };
    expect(await couchbase.exec(line, { env })).toMatchObject({ exitCode: 0, output: whole.output });
    expect((await couchbase.exec(line, { env, user: '1000' })).exitCode).not.toBe(0);
    expect(await couchbase.exec(line, { user: '1000' })).toMatchObject({ exitCode: 0, output: whole.output });
  });
});

describe('mattbailey/ch6-worker', () => {
  const run = runOfUnit('worker.service');
  const contract = { ...plain, ports: [], command: ['node', '/app/worker.cjs'], address };

  it('ends by itself, with its code, where no Couchbase is announced and where a variable is wrong', async () => {
    const alone = containerOf(run).withEnvironment({ WAIT_MS: '0' });
    const { exitCode, said } = await ended(await alone.start());
    expect([exitCode, said]).toEqual([exitCodes.missing, expect.stringContaining('/services/couchbase')]);
    const wrong = containerOf(run).withEnvironment({ RSVP_URL: 'nowhere' });
    expect(await ended(await wrong.start())).toMatchObject({ exitCode: exitCodes.config });
  });

  it('stores what the stream says in the Couchbase that is announced, and says its counts at SIGTERM', async () => {
    await announce('/services/couchbase/1', couchbase);
    const stored = Wait.forLogMessage(/rsvps: stored [1-9]/);
    const worker = await containerOf(run).withEnvironment({ SUMMARY_MS: '100' }).withWaitStrategy(stored).start();
    expect(await inspected(worker, { ...run.env, SUMMARY_MS: '100' })).toEqual(contract);
    const { exitCode, said } = await stopped(worker);
    expect(exitCode).toBe(0);
    expect(said.trim().split('\n').at(-1)).toMatch(/rsvps: stored \d+, failed 0, dropped 0, skipped 0, waiting 0$/);
  });
});

describe('mattbailey/ch6-web', () => {
  it('is healthy at port 3000 as the instance that its unit names, and ends with 0', async () => {
    const run = runOfUnit('web@.service');
    expect(run.env).toEqual({ NODE_ENV: 'production', INSTANCE: 'web@1', MACHINE: 'core-01' });
    await announce('/services/memcached/1', memcached);
    const healthy = ['CMD', 'busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:3000/healthz'];
    const web = await containerOf(run)
      .withHealthCheck({ test: healthy as ['CMD', ...string[]], interval: 500, timeout: 5_000, retries: 60 })
      .withWaitStrategy(Wait.forHealthCheck())
      .start();
    expect(await inspected(web, run.env)).toEqual({
      ...plain,
      ports: ['3000/tcp'],
      command: ['node', '/app/web.cjs'],
      address,
    });
    const page = await fetch(`http://${host}:3000/`);
    expect([page.status, page.headers.getSetCookie()]).toEqual([200, [expect.stringContaining('connect.sid')]]);
    expect(await stopped(web)).toMatchObject({ exitCode: 0 });
  });
});

describe('a test of a reader', () => {
  it('runs as the cookbook has it, and leaves its engine as it was', async () => {
    const cookbook = readFileSync(join(repoDir, 'docs/cookbook.md'), 'utf8');
    const [, program = ''] = /\n```js\n([^`]*testcontainers[^`]*)```\n/.exec(cookbook) ?? [];
    const readers = join(lab.configDir, 'readers');
    mkdirSync(readers);
    symlinkSync(join(repoDir, 'node_modules'), join(readers, 'node_modules'));
    writeFileSync(join(readers, 'memcached.test.mjs'), program);
    const line = `eval "$(${join(repoDir, 'lab')} env core-01)" && node --test memcached.test.mjs`;
    const { exitCode, stdout } = await runProgram('sh', ['-c', line], { env: lab.env, cwd: readers });
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^# pass 1$/m)]);
    expect(await stopped(couchbase)).toMatchObject({ exitCode: 0 });
    expect(await stopped(memcached)).toMatchObject({ exitCode: 0 });
    const left = await lab.on('core-01', 'docker ps -aq; docker volume ls -q; docker network ls -q -f type=custom');
    expect(left).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
