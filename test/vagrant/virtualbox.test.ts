import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeLab } from '#cli/open-lab.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { LabCli, repoDir, type StatusJson } from '../support/lab-cli.ts';
import { remainsOf } from '../support/remains.ts';
import { HostWithVirtualbox } from './virtualbox/host-with-virtualbox.ts';

/** The real Vagrant and the real box, on a stand-in for VirtualBox: virtualbox/README.md says what that proves. */
const host = new HostWithVirtualbox();
const guests = new LabCli(
  'vboxtest',
  '[apps]\ncouchbase = false\n\n[vagrant]\nhypervisor = "virtualbox"\n# These are emulated.\nstretch = 10\n',
);
writeFileSync(join(guests.configDir, 'config.rb'), '$num_instances = 2\n$vm_memory = 1024\n$vb_cpuexecutioncap = 90\n');
const machines = ['core-01', 'core-02'];
const patience = { timeout: 300_000, interval: 5_000 };
const env = {
  ...guests.env,
  VAGRANT_HOME: join(guests.configDir, 'vagrant-home'),
  VAGRANT_DOTFILE_PATH: join(guests.configDir, '.vagrant'),
  VAGRANT_CHECKPOINT_DISABLE: '1',
  // In CI the lab colours what it says.
  NO_COLOR: '1',
};

const vagrant = (...args: string[]) => host.run('vagrant', args, env);
const lab = (...args: string[]) => host.run(join(repoDir, 'lab'), args, env);
const status = async () => JSON.parse((await lab('status', '--json')).stdout) as StatusJson;
const states = async () => (await status()).machines.map(({ state }) => state);
const clusterIsReady = () =>
  expect
    .poll(async () => (await status()).machines, patience)
    .toEqual(
      machines.map(
        (name) => expect.objectContaining({ name, state: 'running', etcd: 'healthy', fleet: 'present' }) as unknown,
      ),
    );
/** The same lab in this process, for what no command does. */
async function described(): Promise<Lab> {
  Object.assign(process.env, guests.env, { PATH: host.path });
  return describeLab({ repoDir });
}
const inGuest = async (machine: string, ...argv: string[]) =>
  (await (await described()).provider().exec(machine, argv)).stdout.trim();

beforeAll(async () => {
  await host.install();
  expect(await lab('destroy', '--provider', 'vagrant')).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await lab('destroy');
  host.remove();
});

describe('the chapter with VirtualBox', () => {
  it('vagrant up makes the machines from nothing', async () => {
    expect(await vagrant('up')).toMatchObject({ exitCode: 0 });
    expect((await vagrant('ssh', 'core-01', '-c', 'hostname; id -un')).stdout).toMatch(/core-01\s+core/);
    expect((await vagrant('status')).stdout).toMatch(/core-02 +running \(virtualbox\)/);
    await clusterIsReady();
  });

  it('offers their Ignition configs no longer than their first boots, and leaves them no way out of the host', async () => {
    expect(readdirSync(join(guests.stateDir, 'artifacts/ignition'))).toEqual([]);
    for (const machine of machines) {
      expect(await inGuest(machine, 'ip', '-4', '-brief', 'address', 'show', 'eth0')).toMatch(/10\.0\.2\.15\/24/);
      expect(await inGuest(machine, 'ip', 'route', 'show', 'default')).toMatch(/^unreachable default/);
    }
  });

  it('memcached runs on both, with its sidekick, from the registry of the lab', async () => {
    const files = ['memcached@1', 'memcached-sidekick@1', 'memcached@2', 'memcached-sidekick@2'];
    const argv = ['fleetctl', 'start', '--no-block', ...files.map((name) => `units/${name}.service`)];
    expect(await lab(...argv)).toMatchObject({ exitCode: 0 });
    const running = async () => (await lab('fleetctl', 'list-units', '--no-legend')).stdout.match(/active\s+running/g);
    await expect.poll(running, patience).toHaveLength(4);
    const registered = async () =>
      (await lab('ssh', 'core-01', '--', 'etcdctl ls /services/memcached')).stdout.split('\n').sort();
    await expect.poll(registered, patience).toEqual(['/services/memcached/1', '/services/memcached/2']);
  });

  it('a partition cuts a guest off from the others, whole or from one, while commands still reach it', async () => {
    const provider = (await described()).provider();
    // Nobody listens on port 9: a refusal comes back at once, or nothing comes back.
    const reaches =
      'if timeout 5 bash -c ": < /dev/tcp/172.17.8.101/9" 2>&1 | grep -q refused; then echo reaches; else echo cut; fi';
    const reachable = () => inGuest('core-02', 'sh', '-c', reaches);
    expect(await reachable()).toBe('reaches');
    for (const from of ['all', ['core-01']] as const) {
      const partition = { kind: 'partition', from } as const;
      await provider.impair('core-02', partition);
      expect(await reachable()).toBe('cut');
      await provider.lift('core-02', partition);
      expect(await reachable()).toBe('reaches');
    }
    await clusterIsReady();
  });

  it('a pause and a limit of its CPU time are what VirtualBox is told', async () => {
    const provider = (await described()).provider();
    const machine = (await provider.status()).machines.find(({ name }) => name === 'core-02');
    expect(machine).toMatchObject({ state: 'running' });
    await provider.impair('core-02', { kind: 'pause' });
    expect((await provider.status()).machines[1]).toMatchObject({ state: 'running', note: 'paused' });
    await provider.lift('core-02', { kind: 'pause' });
    expect((await provider.status()).machines[1]).not.toHaveProperty('note');
    const file = join(
      guests.stateDir,
      'virtualbox/machines/coreos-lab-vboxtest-core-02/coreos-lab-vboxtest-core-02.vbox',
    );
    const cap = () => (JSON.parse(readFileSync(file, 'utf8')) as { executionCap: number }).executionCap;
    expect(cap()).toBe(90);
    await provider.impair('core-02', { kind: 'slow-cpu', cpus: 0.1 });
    expect(cap()).toBe(10);
    await provider.lift('core-02', { kind: 'slow-cpu', cpus: 0.1 });
    expect(cap()).toBe(90);
  });

  it('vagrant halt core-02 and vagrant up core-02: its disk is kept, and Ignition does not run again', async () => {
    await inGuest('core-02', 'sh', '-c', 'echo kept > /home/core/kept');
    expect(await vagrant('halt', 'core-02')).toMatchObject({ exitCode: 0 });
    expect(await states()).toEqual(['running', 'stopped']);
    expect(await vagrant('up', 'core-02')).toMatchObject({ exitCode: 0 });
    await clusterIsReady();
    expect(await inGuest('core-02', 'cat', '/home/core/kept')).toBe('kept');
  });

  it('the cord of a guest can be pulled', async () => {
    expect(await lab('cut', 'core-02')).toMatchObject({ exitCode: 0 });
    expect(await states()).toEqual(['running', 'stopped']);
  });

  it('guests end with the lab, even when it is killed, and lab destroy leaves nothing behind', async () => {
    // VirtualBox makes it for its processes.
    mkdirSync('/tmp/.vbox-coreos-lab-vboxtest-ipc', { recursive: true });
    const { unshare } = JSON.parse(readFileSync('/run/coreos-lab/vboxtest/supervisor.json', 'utf8')) as {
      unshare: number;
    };
    process.kill(unshare, 'SIGKILL');
    await expect.poll(async () => (await status()).up, { timeout: 30_000 }).toBe(false);
    expect(await states()).toEqual(['stopped', 'stopped']);
    expect(await vagrant('halt', 'core-01')).toMatchObject({
      exitCode: 74,
      stderr: expect.stringContaining('lab vboxtest is not up, all its machines are off [state.lab-down]') as string,
    });
    expect(await lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await remainsOf(guests.name)).toEqual([]);
    expect(existsSync('/tmp/.vbox-coreos-lab-vboxtest-ipc')).toBe(false);
    expect((await vagrant('status')).stdout).toMatch(/core-01 +not created \(virtualbox\)/);
  });
});
