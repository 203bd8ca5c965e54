import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeNote } from '#provision/cluster/in-force/change-note.ts';
import { configChanges, sizesApplied } from '#provision/cluster/in-force/config-changes.ts';
import { planChanges } from '#provision/cluster/in-force/plan-changes.ts';
import { readConfigInForce, recordSettings } from '#provision/cluster/in-force/read-in-force.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { knownVariables } from '#provision/config/config-rb.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { keysOf } from '#provision/config/lab-toml.ts';
import { readConfigFiles } from '#provision/config/load-config.ts';
import { writeSpec } from '#provision/machines/ground/change-live.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';
import { seenChange } from './changed-lab.ts';

/** Of which lab a setting is tried: `vagrant` is one of guests of libvirt. */
type Runs = 'nspawn' | 'vagrant' | 'virtualbox';

/** What `lab up` gives to machines that run: config.rb before and after. */
const applied: Readonly<Record<string, readonly [string, string]>> = {
  $vm_memory: ['$vm_memory = 2048', '$vm_memory = 1600'],
  $vb_memory: ['$vb_memory = 2048', '$vb_memory = 1600'],
  $vm_cpus: ['$vm_cpus = 1', '$vm_cpus = 2'],
  $vb_cpus: ['$vb_cpus = 1', '$vb_cpus = 2'],
  $num_instances: ['$num_instances = 3', '$num_instances = 4'],
};

interface Change {
  readonly to: string;
  readonly runs?: Runs;
  readonly by?: 'destroy' | 'reboot' | 'halt';
}

/** What is named with the command that applies it: from the default to another value. */
const named: Readonly<Record<string, Change>> = {
  '[network] range': { to: '"172.17.0.0/20"' },
  '[network] bridge': { to: '"172.17.8.2"' },
  '[network] first_machine': { to: '"172.17.8.111"' },
  '[network] host': { to: '"172.17.8.253"' },
  '[network] flannel': { to: '"10.2.0.0/16"' },
  '[network] flannel_backend': { to: '"vxlan"' },
  '[timers] fleet_agent_ttl': { to: '"9s"' },
  '[timers] etcd_heartbeat': { to: '"90ms"' },
  '[timers] etcd_election': { to: '"600ms"' },
  '[ports] registry': { to: '5001' },
  '[ports] artifacts': { to: '8001' },
  '[ports] fleet_api': { to: '49154' },
  '[machines] ignition': { to: '"own.ign"' },
  '[fleet] fence': { to: 'false' },
  '[fleet] auth': { to: '"token"' },
  '[images] source': { to: '"upstream"\nremoteurl = "http://127.0.0.1:5555"', by: 'halt' },
  '[images] remoteurl': { to: '"http://127.0.0.1:5555"', by: 'halt' },
  '[rsvp] rate': { to: '9', by: 'halt' },
  '[rsvp] seed': { to: '9', by: 'halt' },
  '[vagrant] driver': { to: '"qemu"', runs: 'vagrant' },
  '[vagrant] cpu_model': { to: '"Haswell"', runs: 'vagrant' },
  '[vagrant] tb_size_mb': { to: '256', runs: 'vagrant' },
  '[vagrant] management': { to: '"192.168.122.0/24"', runs: 'vagrant' },
  $instance_name_prefix: { to: '"node"' },
  $forwarded_ports: { to: '{8091 => 8091}', runs: 'vagrant', by: 'reboot' },
  $expose_docker_tcp: { to: '2375', runs: 'vagrant', by: 'reboot' },
  $shared_folders: { to: "{'/srv' => '/data'}", runs: 'vagrant', by: 'reboot' },
  $enable_serial_logging: { to: 'true', runs: 'vagrant' },
  $vb_cpuexecutioncap: { to: '50', runs: 'virtualbox', by: 'reboot' },
  $vm_gui: { to: 'true', runs: 'virtualbox', by: 'reboot' },
  $vb_gui: { to: 'true', runs: 'virtualbox', by: 'reboot' },
};

const eachCommand = 'the next command waits by it; nothing of the lab holds it';
const ofOneImage = 'is a part of what `[images] source` is named with';
const noEffect = 'has nothing to act on, which a note says whenever it is set';

/** What needs nothing, and why. */
const nothing: Readonly<Record<string, string>> = {
  '[lab] name': 'another name is another lab',
  '[lab] state_dir': 'another directory is another lab',
  '[timers] boot_deadline': eachCommand,
  '[timers] ready_deadline': eachCommand,
  '[timers] halt_deadline': eachCommand,
  '[timers] deploy_deadline': eachCommand,
  '[timers] image_build_deadline': eachCommand,
  '[timers] stretch': 'the timers that it makes longer are named themselves; waits hold at once',
  '[images] couchbase': ofOneImage,
  '[images] memcached': ofOneImage,
  '[images] node': ofOneImage,
  '[images.couchbase] source': ofOneImage,
  '[images.couchbase] image': ofOneImage,
  '[images.memcached] source': ofOneImage,
  '[images.memcached] image': ofOneImage,
  '[images.node] source': ofOneImage,
  '[images] suite': 'has one value',
  '[apps] couchbase': 'only lets machines be smaller',
  '[vagrant] hypervisor':
    'is read for a new lab; one that is there keeps what runs its machines, which `lab status` names',
  '[vagrant] stretch': 'the timers that it makes longer are named themselves; waits hold at once',
  $update_channel: noEffect,
  $image_version: noEffect,
  $new_discovery_url: noEffect,
  $expose_etcd_tcp: noEffect,
  $share_home: noEffect,
};

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-settings-'))));
afterEach(() => rmSync(dir, { recursive: true }));

/** A configuration in a directory that stays the same. */
function written(runs: Runs, { rb = '', toml = '' }: { rb?: string; toml?: string }): LabConfig {
  const lab = `[lab]\nstate_dir = "${dir}/state"\n`;
  writeFileSync(join(dir, 'config.rb'), `${rb}\n`);
  writeFileSync(join(dir, 'lab.toml'), `${lab}${toml}\n`);
  const provider = runs === 'nspawn' ? runs : 'vagrant';
  const hypervisor = runs === 'virtualbox' ? runs : runs === 'vagrant' ? 'libvirt' : undefined;
  return readConfigFiles(dir).configFor({ env: { HOME: dir }, hostCpus: 4, provider, hypervisor });
}

/** The records that `lab up` leaves. */
async function up(config: LabConfig, state: MachineState): Promise<void> {
  mkdirSync(config.stateDir, { recursive: true });
  const spec = supervisorSpec({ config, repoDir: '/checkout', registryStorage: '/registry', osRootOf: () => '/os' });
  await writeSpec(labPaths(config.name, config.stateDir).specFile, spec);
  await recordSettings(
    config,
    config.machines.map(({ name }) => ({ name, state })),
  );
}

async function inForce(now: LabConfig): Promise<LabConfig> {
  const found = await readConfigInForce(now);
  if (found === undefined) throw new Error('the records say nothing');
  return found;
}

function filesWith(key: string, value: string): { rb?: string; toml?: string } {
  if (key.startsWith('$')) return { rb: `${key} = ${value}` };
  const [section = '', name = ''] = key.split(' ');
  return { toml: `${section}\n${name} = ${value}` };
}

it('every setting of lab.toml and config.rb is applied, named, or needs nothing', () => {
  const ofToml = Object.entries(keysOf).flatMap(([section, keys]) => keys.map((key) => `[${section}] ${key}`));
  const all = [...ofToml, ...knownVariables].sort();
  const listed = [applied, named, nothing].flatMap((some) => Object.keys(some)).sort();
  expect(listed).toEqual([...new Set(all)]);
});

it.each(Object.entries(applied))('%s of a running lab is given to it by lab up', async (_key, [before, after]) => {
  await up(written('nspawn', { rb: before }), 'absent');
  const now = written('nspawn', { rb: after });
  const was = await inForce(now);
  const plan = planChanges(seenChange(was, now));
  if (plan.kind !== 'go') throw new Error(plan.cause);
  expect(plan.later).toEqual([]);
  expect(plan.config.machines).toEqual(now.machines);
  expect(sizesApplied(was, plan.config).length + now.machines.length - was.machines.length).toBeGreaterThan(0);
});

describe.each(Object.entries(named))('%s, changed while machines run', (key, { to, runs = 'nspawn', by }) => {
  it('is named with what applies it, and no longer when it is written as it was', async () => {
    writeFileSync(join(dir, 'own.ign'), '{"ignition":{"version":"3.3.0"}}');
    await up(written(runs, {}), 'absent');
    const now = written(runs, filesWith(key, to));
    const was = await inForce(now);
    const notes = configChanges(was, now, []).filter((change) => change.key === key);
    expect(notes.map(changeNote)).toEqual([expect.stringMatching(/lab (destroy|halt)\b.*&& lab up/) as string]);
    expect(notes[0]?.appliedBy).toBe(by ?? 'destroy');
    const plan = planChanges(seenChange(was, now));
    if (plan.kind === 'go') expect(plan.later.map((change) => change.key)).toContain(key);
    else expect(plan.next).toContain(key);
    const back = written(runs, {});
    expect(configChanges(await inForce(back), back, [])).toEqual([]);
  });
});

describe("the reader's own Ignition file", () => {
  const own = { toml: '[machines]\nignition = "own.ign"\n' };
  const write = (mode: number) =>
    writeFileSync(join(dir, 'own.ign'), JSON.stringify({ ignition: { version: '3.3.0' }, mode }));

  it('counts by what is in it, for each machine as it was made', async () => {
    write(1);
    await up(written('nspawn', own), 'absent');
    write(2);
    const now = written('nspawn', own);
    const [note] = configChanges(await inForce(now), now, []);
    expect(note && changeNote(note)).toMatch(
      /^\[machines\] ignition is a file of SHA-256 [0-9a-f]{12} in lab\.toml, and core-01, core-02 and core-03 have a file of SHA-256 [0-9a-f]{12}; applied by: lab destroy && lab up$/,
    );
    // core-02 was destroyed, and is made anew by this `lab up`.
    const machines = now.machines.map(({ name }) => ({
      name,
      state: name === 'core-02' ? ('absent' as const) : ('running' as const),
    }));
    await recordSettings(now, machines);
    expect(configChanges(await inForce(now), now, [])[0]?.machines).toEqual(['core-01', 'core-03']);
  });

  it('is told of no machine without a disk, nor of a lab of an earlier version', async () => {
    await up(written('nspawn', {}), 'absent');
    write(1);
    const now = written('nspawn', own);
    const was = await inForce(now);
    expect(configChanges(was, now, ['core-01', 'core-03'])[0]?.machines).toEqual(['core-02']);
    rmSync(join(now.stateDir, 'machine-settings.json'));
    expect(configChanges(await inForce(now), now, [])).toEqual([]);
    // Its machines run: what they were made with stays unknown.
    await recordSettings(
      now,
      now.machines.map(({ name }) => ({ name, state: 'running' as const })),
    );
    expect(configChanges(await inForce(written('nspawn', {})), written('nspawn', {}), [])).toEqual([]);
  });
});

it('ports hold for a guest from its next boot on', async () => {
  await up(written('vagrant', {}), 'absent');
  const now = written('vagrant', { rb: '$forwarded_ports = {8091 => 8091}' });
  await recordSettings(now, [
    { name: 'core-01', state: 'stopped' },
    { name: 'core-02', state: 'running' },
    { name: 'core-03', state: 'running' },
  ]);
  expect(configChanges(await inForce(now), now, []).map(changeNote)).toEqual([
    '$forwarded_ports is {8091 => 8091} in config.rb, and core-02 and core-03 have nothing; ' +
      'applied by: lab halt core-02 core-03 && lab up core-02 core-03',
  ]);
});
