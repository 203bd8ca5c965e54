import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCli, type Outcome, repoDir, runProgram } from '../support/lab-cli.ts';
import { remainsOf } from '../support/remains.ts';
import { libvirtDomains } from './libvirt-domains.ts';

const guests = new LabCli('vmtest');
appendFileSync(join(guests.configDir, 'config.rb'), '$forwarded_ports = {22 => 18022}\n');
const ports = [18022, 18023, 18024];
const machines = ['core-01', 'core-02', 'core-03'];
const addresses = ['172.17.8.101', '172.17.8.102', '172.17.8.103'];
const ready = { state: 'running', etcd: 'healthy', fleet: 'present' };
/** Emulated guests on two cores: what takes a second elsewhere takes ten, and each question takes CPU from them. */
const patience = { timeout: 300_000, interval: 15_000 };

const vagrantHome = join(guests.configDir, 'vagrant-home');
const env = {
  ...guests.env,
  VAGRANT_HOME: vagrantHome,
  VAGRANT_DOTFILE_PATH: join(guests.configDir, '.vagrant'),
  VAGRANT_CHECKPOINT_DISABLE: '1',
  // In CI the lab colours what it says.
  NO_COLOR: '1',
};

/** Vagrant as a person types it for the first time: it has no box, and knows of no machine in the checkout. */
async function vagrant(...args: string[]): Promise<Outcome> {
  const outcome = await runProgram('vagrant', args, { env });
  if (outcome.exitCode !== 0) console.log(`vagrant ${args.join(' ')}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

/** The lab's own command, which asks the same Vagrant. */
const lab = (...args: string[]) => runProgram(join(repoDir, 'lab'), args, { env });

interface SavedSnapshot {
  readonly guestsOf?: string;
  readonly stoodStillMs: number;
  readonly bytes: number;
}

/** What a server says to whoever connects to a port of this host. */
async function firstWords(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    return String((await once(socket, 'data'))[0]);
  } finally {
    socket.destroy();
  }
}

const clusterIsReady = () =>
  expect
    .poll(async () => (await guests.status()).machines, patience)
    .toEqual(machines.map((name) => expect.objectContaining({ name, ...ready }) as unknown));

interface Placed {
  readonly unit: string;
  readonly machine: string;
  readonly state: string;
}

/** What `fleetctl list-units` says now; while it cannot, why not. */
async function units(): Promise<Placed[]> {
  const { exitCode, stdout, stderr } = await guests.lab('fleetctl', 'list-units', '--no-legend');
  if (exitCode !== 0) return [{ unit: 'fleetctl', machine: '', state: `exit code ${exitCode}: ${stderr}` }];
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([unit = '', machine = '', ...state]) => ({ unit, machine: nameOf(machine), state: state.join(' ') }));
}

/** `c001d9dd.../172.17.8.101` is core-01. */
function nameOf(label: string): string {
  return machines[addresses.findIndex((address) => label.endsWith(`/${address}`))] ?? label;
}

/** Waits until exactly these instances of memcached and their sidekicks run, in pairs, each pair on a machine of its own. */
async function memcachedRuns(instances: readonly number[]): Promise<Map<number, string>> {
  const names = instances.flatMap((n) => [`memcached-sidekick@${n}.service`, `memcached@${n}.service`]).sort();
  let now: Placed[] = [];
  await expect
    .poll(async () => {
      now = (await units()).sort((a, b) => (a.unit < b.unit ? -1 : 1));
      return now.map(({ unit, state }) => `${unit} ${state}`);
    }, patience)
    .toEqual(names.map((name) => `${name} active running`));
  const on = (unit: string) => now.find((placed) => placed.unit === unit)?.machine ?? '';
  const places = new Map(instances.map((n) => [n, on(`memcached@${n}.service`)]));
  for (const [n, machine] of places) expect(on(`memcached-sidekick@${n}.service`)).toBe(machine);
  expect(new Set(places.values()).size).toBe(instances.length);
  return places;
}

const registered = async () => (await guests.on('core-01', 'etcdctl ls /services/memcached')).stdout.split('\n').sort();

beforeAll(async () => {
  expect(await guests.lab('destroy', '--provider', 'vagrant')).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await guests.lab('destroy');
  rmSync(vagrantHome, { recursive: true, force: true });
});

describe('vagrant up, with something in the way', () => {
  it('names who has a port that a machine would have, before anything is made', async () => {
    const taken = createServer().listen(ports[1], '127.0.0.1');
    await once(taken, 'listening');
    const { exitCode, stdout, stderr } = await runProgram('vagrant', ['up'], { env });
    taken.close();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(
      new RegExp(`error port ${ports[1]} of this host, for port 22 of core-02, is taken by .+ \\[busy\\.port\\]`),
    );
    expect(existsSync(join(guests.stateDir, 'pool'))).toBe(false);
  });

  it("refuses a box of the lab's name that is another one, with the command that removes it", async () => {
    const name = (await guests.lab('image', 'box', '--name')).stdout;
    const other = join(vagrantHome, 'boxes', name, '0/libvirt');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'metadata.json'), '{"provider":"libvirt","format":"qcow2","virtual_size":1}');
    const { exitCode, stdout, stderr } = await runProgram('vagrant', ['up', 'core-01'], { env });
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain(`[state.box]`);
    const [, command = ''] = /next +(vagrant box remove .+); vagrant up/.exec(stdout + stderr) ?? [];
    expect(await vagrant(...command.split(' ').slice(1))).toMatchObject({ exitCode: 0 });
    expect(existsSync(other)).toBe(false);
  });
});

describe('the chapter with Vagrant', () => {
  it('vagrant up makes three machines from nothing', async () => {
    expect(await vagrant('up')).toMatchObject({ exitCode: 0 });
    expect((await vagrant('ssh', 'core-01', '-c', 'hostname; id -un')).stdout).toMatch(/core-01\s+core/);
  });

  it('each of them answers at the port of the host that config.rb gives it', async () => {
    for (const port of ports) expect(await firstWords(port)).toMatch(/^SSH-2\.0-OpenSSH/);
  });

  it('they are one cluster, at the addresses of the book', async () => {
    await clusterIsReady();
    expect((await guests.status()).machines.map(({ address }) => address)).toEqual(addresses);
    const members = (await guests.on('core-02', 'ETCDCTL_API=3 etcdctl.real member list')).stdout;
    expect(members.match(/started/g)).toHaveLength(3);
  });

  it('memcached runs on each of them, with its sidekick, from the registry of the lab', async () => {
    const files = machines.flatMap((_, i) =>
      ['memcached', 'memcached-sidekick'].map((name) => `units/${name}@${i + 1}.service`),
    );
    expect(await guests.lab('fleetctl', 'start', '--no-block', ...files)).toMatchObject({ exitCode: 0 });
    const places = await memcachedRuns([1, 2, 3]);
    expect([...places.values()].sort()).toEqual(machines);
    await expect.poll(registered, patience).toEqual([1, 2, 3].map((n) => `/services/memcached/${n}`));
  });

  it('vagrant halt core-02 moves its memcached to the machine that has room', async () => {
    const places = await memcachedRuns([1, 2, 3]);
    const [moving = 0] = [...places].find(([, machine]) => machine === 'core-02') ?? [];
    const [staying = 0] = [...places].find(([, machine]) => machine === 'core-01') ?? [];
    const [leaving = 0] = [...places].find(([, machine]) => machine === 'core-03') ?? [];
    const gone = [`memcached-sidekick@${leaving}`, `memcached@${leaving}`];
    expect(await guests.lab('fleetctl', 'destroy', ...gone)).toMatchObject({ exitCode: 0 });
    const before = (await guests.on('core-01', `etcdctl get /services/memcached/${moving}`)).stdout;

    await guests.on('core-02', 'echo kept > /home/core/kept');
    expect(await vagrant('halt', 'core-02')).toMatchObject({ exitCode: 0 });
    expect((await guests.status()).machines[1]).toMatchObject({ name: 'core-02', state: 'stopped' });
    const after = await memcachedRuns([moving, staying]);
    expect(after.get(moving)).toBe('core-03');
    expect(after.get(staying)).toBe('core-01');
    const address = async () => (await guests.on('core-01', `etcdctl get /services/memcached/${moving}`)).stdout;
    await expect.poll(address, patience).toMatch(/^10\.1\.\d+\.\d+$/);
    expect(await address()).not.toBe(before);
  });

  it('vagrant up core-02 brings it back with its disk', async () => {
    expect(await vagrant('up', 'core-02')).toMatchObject({ exitCode: 0 });
    await clusterIsReady();
    expect((await guests.on('core-02', 'cat /home/core/kept')).stdout).toBe('kept');
    // Ignition runs at the first boot only.
    const provisioned = await guests.on('core-02', 'sudo jq -r .provisioningBootID /etc/.ignition-result.json');
    const booted = await guests.on('core-02', 'tr -d - < /proc/sys/kernel/random/boot_id');
    expect(provisioned.stdout).not.toBe('');
    expect(provisioned.stdout.replaceAll('-', '')).not.toBe(booted.stdout);
  });

  it('a snapshot is taken while all guests stand still; whoever is killed meanwhile leaves none of them standing', async () => {
    const pushed =
      'docker tag memcached:1 172.17.8.1:5000/library/mine:1 && docker push -q 172.17.8.1:5000/library/mine:1';
    const before = `docker pull -q memcached:1 && ${pushed} && etcdctl set /before yes && echo kept > /home/core/snapshot`;
    expect(await guests.on('core-03', before)).toMatchObject({ exitCode: 0 });
    const saved = JSON.parse((await lab('snapshot', 'save', 'one', '--json')).stdout) as SavedSnapshot;
    expect(saved.guestsOf).toBe('libvirt');
    expect(saved.stoodStillMs).toBeGreaterThan(0);
    // The box's disk is shared.
    expect(saved.bytes).toBeLessThan(500_000_000);

    // A copy that takes a while, so that the guests are met standing.
    const ballast = join(guests.stateDir, 'registry/ballast');
    writeFileSync(ballast, randomBytes(2 ** 30));
    const saving = execa(join(repoDir, 'lab'), ['snapshot', 'save', 'killed'], { env, reject: false });
    await expect
      .poll(() => libvirtDomains(guests.name), { timeout: 120_000, interval: 20 })
      .toEqual(machines.map(() => 'paused'));
    saving.kill('SIGKILL');
    await saving;
    await expect.poll(() => libvirtDomains(guests.name), patience).toEqual(machines.map(() => 'running'));
    rmSync(ballast);
    expect((await lab('snapshot', 'list')).stdout).toMatch(/^SNAPSHOT.*\none [^\n]*$/);
    await clusterIsReady();
    const behind = (now: Outcome) => Math.abs(Date.now() / 1000 - Number(now.stdout));
    for (const machine of machines) expect(behind(await guests.on(machine, 'date +%s'))).toBeLessThan(10);
  });

  it('restored, they are what they were then: disks, etcd, pushed images, and one that was destroyed since', async () => {
    const members = async () =>
      (await guests.on('core-01', 'etcdctl member list')).stdout.replaceAll(/ isLeader=\w+/g, '');
    const then = await members();
    expect(await guests.on('core-01', 'etcdctl rm /before; etcdctl set /after yes')).toMatchObject({ exitCode: 0 });
    expect(await lab('destroy', 'core-03')).toMatchObject({ exitCode: 0 });
    expect(await lab('snapshot', 'restore', 'one')).toMatchObject({ exitCode: 0 });
    await clusterIsReady();
    const looked = await guests.on(
      'core-03',
      'cat /home/core/snapshot; etcdctl get /before; docker pull -q 172.17.8.1:5000/library/mine:1; etcdctl get /after',
    );
    expect(looked.stdout.split('\n')).toEqual(['kept', 'yes', '172.17.8.1:5000/library/mine:1']);
    expect(looked.stderr).toContain('Key not found');
    expect(await members()).toBe(then);
    expect(await lab('snapshot', 'delete', 'one')).toMatchObject({ exitCode: 0 });
  });

  it('vagrant destroy -f and lab destroy leave nothing behind', async () => {
    expect(await vagrant('destroy', '-f')).toMatchObject({ exitCode: 0 });
    expect((await guests.status()).machines.map(({ state }) => state)).toEqual(machines.map(() => 'absent'));
    expect(await guests.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await remainsOf(guests.name)).toEqual([]);
    expect(existsSync(guests.stateDir)).toBe(false);
    for (const port of ports) await expect(firstWords(port)).rejects.toThrow(/ECONNREFUSED/);
  });
});
