import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseEndpoint } from '#platform/fleet/client/endpoint.ts';
import { runFleetctl } from '#platform/fleet/fleetctl/commands/run-fleetctl.ts';
import { eventually } from '../eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from '../simulated-cluster.ts';

/** fleetctl's own entry against a cluster in this process; ssh is a script that writes down how it was called and runs the line. */
let cluster: SimulatedCluster;
let directory = '';
const path = process.env['PATH'];
const sshScript = `#!/bin/sh
printf '%s\\n' "$@" > "$FAKE_SSH_LOG"
for last; do :; done
exec sh -c "$last" > "$FAKE_SSH_LOG.out"
`;

async function fleetctl(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const endpoint = cluster.machines.flatMap((m) => [...m.fleetd.addresses]).join(',');
  const io = { out: (l: string) => void out.push(l), err: (l: string) => void err.push(l), progress: undefined };
  const code = await runFleetctl(argv, {
    env: { FLEETCTL_ENDPOINT: endpoint, FLEETCTL_REQUEST_TIMEOUT: '60', ...env },
    ...io,
  });
  return { code, out, err };
}
const log = (suffix = '') => readFile(join(directory, `ssh.log${suffix}`), 'utf8');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetctl-line-'));
  await writeFile(join(directory, 'ssh'), sshScript);
  await chmod(join(directory, 'ssh'), 0o755);
  process.env['PATH'] = `${directory}:${path}`;
  process.env['FAKE_SSH_LOG'] = join(directory, 'ssh.log');
  cluster = await simulatedCluster(1);
  await cluster.client.createUnit('a.service', unitText(), 'launched');
  await eventually(async () => ((await cluster.active())['a.service'] === undefined ? 'a does not run' : undefined));
});
afterAll(async () => {
  process.env['PATH'] = path;
  delete process.env['FAKE_SSH_LOG'];
  await cluster.close();
  await rm(directory, { recursive: true, force: true });
});

describe('flags of fleetctl 0.8 to 1.0', () => {
  test.each([
    '--experimental-api',
    '--experimental-api=true',
    '-experimental-api',
    '--etcd-key-prefix=/_coreos.com/fleet/',
    '--etcd-keyfile=/k',
    '--etcd-certfile /c',
    '--etcd-cafile=/c',
    '--registry-endpoint=http://127.0.0.1:2379',
    '-driver=API',
    '--driver etcd',
    '--debug',
    '--debug=true --verify=false --sign',
  ])('%s is taken with one line about it, before and after the command', async (flags) => {
    for (const argv of [
      [...flags.split(' '), 'list-machines', '--no-legend'],
      ['list-machines', '--no-legend', ...flags.split(' ')],
    ]) {
      const { code, out, err } = await fleetctl(argv);
      expect([code, out.length, err.length]).toEqual([0, 1, 1]);
      expect(err[0]).toMatch(/^note: without meaning here: --/);
    }
  });

  test.each([
    '--endpoint=http://127.0.0.1:4001',
    '--endpoint http://192.0.2.7:2379,http://192.0.2.8:4001/',
    '-endpoint=localhost:2379 --driver=etcd',
  ])('%s is etcd, where fleet 0.8 was asked: the API is asked all the same, with one line about it', async (flags) => {
    for (const argv of [
      [...flags.split(' '), 'list-machines', '--no-legend'],
      ['list-machines', '--no-legend', ...flags.split(' ')],
    ]) {
      const { code, out, err } = await fleetctl(argv);
      expect([code, out.length, err.length]).toEqual([0, 1, 1]);
      expect(err[0]).toMatch(/^note: without meaning here: .*endpoint .*that is etcd/);
    }
  });

  test("an address of fleet's API may be written as fleet 0.8 took it, and beside one of etcd", async () => {
    const [address = ''] = [...(cluster.machines[0]?.fleetd.addresses ?? [])];
    const bare = address.replace('http://', '');
    for (const endpoint of [bare, `http://127.0.0.1:2379,${bare}`]) {
      const { code, out } = await fleetctl(['--endpoint', endpoint, 'list-machines', '--no-legend'], {
        FLEETCTL_ENDPOINT: '',
      });
      expect([endpoint, code, out.length]).toEqual([endpoint, 0, 1]);
    }
    expect(parseEndpoint('/var/run/fleet.sock').target).toEqual({ socketPath: '/var/run/fleet.sock' });
    expect(() => parseEndpoint('fleet')).toThrow(expect.objectContaining({ code: 'usage.endpoint' }));
  });

  test.each([
    '--ssh-port=2222 --ssh-timeout=10 --ssh-username core --request-timeout=3.0',
    '--strict-host-key-checking --known-hosts-file=~/.fleetctl/known_hosts',
    '--strict-host-key-checking=false -l --fields=machine,ip',
    '--full --l',
  ])('%s is heeded without a word', async (flags) => {
    const { code, out, err } = await fleetctl(['list-machines', '--no-legend', ...flags.split(' ')]);
    expect([code, out.length, err]).toEqual([0, 1, []]);
  });

  test.each([
    ['start', '--no-block', '--sign', 'a'],
    ['start', '--block-attempts=3', '--verify', 'a'],
    ['submit', '--sign=false', '--replace=false', 'a'],
  ])('%s %s %s', async (...argv) => {
    expect(await fleetctl(argv)).toMatchObject({ code: 0, err: [expect.stringContaining('units are not signed')] });
  });

  test('each has its variable', async () => {
    const env = {
      FLEETCTL_DRIVER: 'etcd',
      FLEETCTL_EXPERIMENTAL_API: 'true',
      FLEETCTL_NO_LEGEND: '1',
      FLEETCTL_FIELDS: 'ip',
    };
    expect(await fleetctl(['list-machines'], env)).toEqual({ code: 0, out: ['10.0.0.1'], err: [] });
  });

  test('--version, version and what nobody ever knew', async () => {
    expect((await fleetctl(['--version'])).out).toEqual(['fleetctl version 1.0.0']);
    await expect(fleetctl(['--frobnicate', 'list-units'])).rejects.toMatchObject({ code: 'usage.flag' });
  });
});

describe('fleetctl ssh', () => {
  beforeEach(() => rm(join(directory, 'ssh.log'), { force: true }));
  const machine = '1'.repeat(32);

  test.each([
    [['a.service', 'echo', 'x', 'y'], 'x y'],
    [['a', 'echo x | tr x z'], 'z'],
    [['a', 'echo "a  b" 2>/dev/null && echo', 'c'], 'a  b\nc'],
    [['a', '--', 'echo', 'x'], 'x'],
    [['--', 'a', 'echo', '-n', 'x'], 'x'],
    [['--unit', 'a', 'echo x'], 'x'],
    [['--unit=a', '--', 'echo', 'x'], 'x'],
    [['--machine', machine, 'echo', 'x', '--', 'y'], 'x -- y'],
    [['--machine=core-01', 'echo x'], 'x'],
    [[machine.slice(0, 8), 'true && echo x'], 'x'],
    [['-A', 'a', 'echo x'], 'x'],
  ])('%j', async (argv, expected) => {
    expect((await fleetctl(['ssh', ...argv])).code).toBe(0);
    expect((await log('.out')).trimEnd()).toBe(expected);
  });

  test.each([
    ['exit 7', 7],
    ['no-such-program', 127],
    ['false', 1],
  ])('the code of %j is %i', async (line, code) => {
    expect((await fleetctl(['ssh', 'a', line])).code).toBe(code);
  });

  test('status and journal keep a name as it is', async () => {
    await fleetctl(['journal', '--lines=3', 'a']);
    expect((await log()).trimEnd().split('\n').at(-1)).toBe(
      'journalctl --unit a.service --no-pager -n 3 --output short',
    );
  });
});

describe('fleetctl stop', () => {
  test('ends what a timer has started of a unit that is only loaded', async () => {
    const systemd = cluster.machines[0]?.systemd;
    await cluster.client.createUnit('job.service', unitText(), 'loaded');
    await eventually(async () =>
      (await cluster.client.getUnit('job.service'))?.currentState === 'loaded' ? undefined : 'not loaded',
    );
    expect(await fleetctl(['stop', 'job'])).toEqual({ code: 0, out: [], err: ['Successfully stopped units [].'] });
    systemd?.startByItself('job.service');
    await eventually(async () => ((await cluster.active())['job.service'] === undefined ? 'does not run' : undefined));
    expect(await fleetctl(['load', 'job'])).toMatchObject({ code: 0 });
    expect(await fleetctl(['stop', 'job'])).toMatchObject({
      code: 0,
      err: ['Successfully stopped units [job.service].'],
    });
    expect((await cluster.active())['job.service']).toBeUndefined();
    expect(systemd?.calls.filter((c) => c === 'stop job.service')).toHaveLength(1);
  });

  test('claims no success beside its error about units that are inactive', async () => {
    for (const name of ['idle1.service', 'idle2.service']) await cluster.client.createUnit(name, unitText());
    await cluster.client.createUnit('everywhere.service', unitText('Global=true'), 'launched');
    const error = (name: string) => [
      `Unable to stop unit ${name}.service in state inactive`,
      `next: fleetctl start ${name}.service`,
    ];
    expect(await fleetctl(['stop', 'idle1'])).toEqual({ code: 74, out: [], err: error('idle1') });
    expect(await fleetctl(['stop', 'idle1', 'idle2'])).toMatchObject({ err: [...error('idle1'), ...error('idle2')] });
    expect(await fleetctl(['stop', 'everywhere', 'idle1'])).toEqual({
      code: 74,
      out: ['Triggered global unit everywhere.service stop'],
      err: error('idle1'),
    });
    await cluster.client.createUnit('loaded.service', unitText(), 'loaded');
    expect((await fleetctl(['stop', 'idle1', 'loaded'])).err).toEqual(error('idle1'));
    await cluster.client.createUnit('works.service', unitText(), 'launched');
    await eventually(async () => ((await cluster.active())['works.service'] ? undefined : 'works does not run'));
    expect(await fleetctl(['stop', 'works', 'idle1'])).toMatchObject({
      code: 74,
      err: ['Successfully stopped units [works.service].', ...error('idle1')],
    });
    expect((await fleetctl(['unload', 'idle1'])).err).toEqual(['Successfully unloaded units [].']);
  });
});

test('submit --replace says that it has', async () => {
  const file = join(directory, 'again.service');
  await writeFile(file, '[Service]\nExecStart=/bin/true\n');
  expect((await fleetctl(['submit', file])).out).toEqual(['Unit again.service inactive']);
  expect(await fleetctl(['submit', file])).toEqual({ code: 0, out: [], err: [] });
  await writeFile(file, '[Service]\nExecStart=/bin/false\n');
  expect(await fleetctl(['submit', '--replace', file])).toEqual({
    code: 0,
    out: ['Unit again.service inactive'],
    err: [],
  });
  expect((await fleetctl(['cat', 'again'])).out.join()).toContain('/bin/false');
});

test('verify fails, and says why', async () => {
  await expect(fleetctl(['verify', 'a'])).rejects.toMatchObject({ code: 'unbuilt.verify', exitCode: 79 });
});

describe('units of types that fleetctl makes none of', () => {
  const options = [{ section: 'Unit', name: 'Description', value: 'made by the API' }];
  const present = async () => (await cluster.client.listUnits()).map((u) => u.name);

  test.each(['all.target', 'work.slice', 'set@1.target', 'paging.swap', 'session.scope'])(
    '%s goes by its name: cat, start, stop, unload, destroy',
    async (name) => {
      await cluster.client.createUnit(name, options);
      expect((await fleetctl(['cat', name])).out.join()).toContain('made by the API');
      expect(await fleetctl(['start', name])).toMatchObject({ code: 0, err: [] });
      expect((await cluster.active())[name]).toBe('core-01');
      expect(await fleetctl(['stop', name])).toMatchObject({ err: [`Successfully stopped units [${name}].`] });
      expect(await fleetctl(['unload', `some/where/${name}`])).toMatchObject({ code: 0 });
      expect(await fleetctl(['destroy', name])).toEqual({ code: 0, out: [`Destroyed ${name}`], err: [] });
      expect(await present()).not.toContain(name);
    },
  );

  test('patterns and braces find them; a service of the longer name is another unit', async () => {
    const service = 'a.target.service';
    for (const name of ['a.target', 'b.target', 'c.slice']) await cluster.client.createUnit(name, options);
    await cluster.client.createUnit(service, unitText());
    expect((await fleetctl(['destroy', '--no-block', 'a.target'])).out).toEqual(['Destroyed a.target']);
    expect((await fleetctl(['destroy', '--no-block', '{b.target,c.slice}'])).out).toHaveLength(2);
    expect(await present()).toContain(service);
    expect((await fleetctl(['destroy', '--no-block', 'a.target'])).out).toEqual([`Destroyed ${service}`]);
    await cluster.client.createUnit('d.target', options);
    expect((await fleetctl(['destroy', '--no-block', '*.target'])).out).toEqual(['Destroyed d.target']);
    await expect(fleetctl(['destroy', 'a.target', 'no.slice'])).rejects.toMatchObject({
      code: 'missing.unit',
      message: 'Units not found in registry: a.target no.slice',
    });
  });
});
