import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfigInForce, recordSettings } from '#provision/cluster/in-force/read-in-force.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { writeSpec } from '#provision/machines/ground/change-live.ts';
import type { MachineStatus } from '#provision/machines/machine-provider.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { configOf } from './changed-lab.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-in-force-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const stateDir = () => `[lab]\nstate_dir = "${dir}"\n`;
const images = { registryStorage: '/cache/registry', osRootOf: () => '/cache/os' };
const specFileOf = ({ name, stateDir }: LabConfig) => labPaths(name, stateDir).specFile;

/** As `lab up` leaves it. */
async function made(config: LabConfig, machines: readonly MachineStatus[] = []): Promise<void> {
  mkdirSync(config.stateDir, { recursive: true });
  await writeSpec(specFileOf(config), supervisorSpec({ config, repoDir: '/checkout', ...images }));
  await recordSettings(config, machines);
}

it('a lab is what it was made of, whatever is written by now', async () => {
  const before = configOf(3, {
    rb: '$vm_memory = 1600\n$instance_name_prefix = "node"\n',
    toml: `${stateDir()}[timers]\nfleet_agent_ttl = "7s"\netcd_election = "700ms"\n[network]\nflannel_backend = "vxlan"\nhost = "172.17.8.250"\n[ports]\nfleet_api = 5555\nregistry = 5001\n[rsvp]\nrate = 9\nseed = 3\n[images]\nremoteurl = "http://127.0.0.1:5001"\n[images.couchbase]\nsource = "upstream"\nimage = "couchbase:7"\n[fleet]\nfence = false\nauth = "token"\n`,
  });
  await made(before);
  expect(await readConfigInForce(configOf(7, { toml: stateDir() }))).toEqual(before);
  expect(before.images.upstream).toEqual({ couchbase: 'library/couchbase:7' });
  expect(await readConfigInForce(before)).toEqual(before);
});

it('waits are those that are written', async () => {
  await made(configOf(3, { toml: stateDir() }));
  const now = configOf(3, { toml: `${stateDir()}[timers]\nready_deadline = "99s"\n` });
  expect(await readConfigInForce(now)).toEqual(now);
});

it('a lab of an earlier version has no record of its disks: what is written counts', async () => {
  const before = configOf(3, { toml: stateDir() });
  await made(before);
  rmSync(join(before.stateDir, 'disk-settings.json'));
  const now = configOf(2, { toml: `${stateDir()}[timers]\nfleet_agent_ttl = "7s"\n` });
  expect(await readConfigInForce(now)).toEqual({ ...now, machines: before.machines });
});

it('machines of an earlier version have neither a fence nor an API that asks for anything', async () => {
  const before = configOf(3, { toml: stateDir() });
  await made(before);
  const record = join(before.stateDir, 'disk-settings.json');
  const { fence, fleetAuth, ...former } = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
  expect([fence, fleetAuth]).toEqual([true, 'off']);
  writeFileSync(record, JSON.stringify(former));
  expect((await readConfigInForce(before))?.fleet).toEqual({ fence: false, auth: 'off' });
});

it.each(['', '{', '[]', '{"lab":"lab"}'])('a lab whose record is %j, or that was never up, has none', async (text) => {
  const config = configOf(3, { toml: stateDir() });
  expect(await readConfigInForce(config)).toBeUndefined();
  await made(config);
  writeFileSync(specFileOf(config), text);
  expect(await readConfigInForce(config)).toBeUndefined();
});

it("another lab's state directory says nothing of this one", async () => {
  await made(configOf(3, { toml: stateDir() }));
  const { specFile } = labPaths('lab', join(dir, 'moved'));
  mkdirSync(join(dir, 'moved/lab'), { recursive: true });
  const moved = configOf(2, { toml: `[lab]\nstate_dir = "${dir}/moved"\n` });
  expect(specFile).toContain('moved');
  await writeSpec(specFileOf(moved), supervisorSpec({ config: configOf(3), repoDir: '/checkout', ...images }));
  expect(await readConfigInForce(moved)).toBeUndefined();
});
