import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lab } from '#provision/cluster/lab.ts';
import type { SnapshotRecord } from '#provision/cluster/snapshots/snapshot-record.ts';
import { SnapshotStore } from '#provision/cluster/snapshots/snapshot-store.ts';
import { restoreSnapshot, saveSnapshot } from '#provision/cluster/snapshots/snapshots.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { load } from '../../config/config-directory.ts';

const silent = () => undefined;
let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-snapshots-'))));
afterEach(() => rmSync(dir, { recursive: true }));

/** A lab that is down, of which only the records are there. */
function guestLab(hypervisor: 'libvirt' | 'virtualbox') {
  const name = `snaptest${process.env['VITEST_POOL_ID'] ?? ''}`;
  const toml = `[lab]\nname = "${name}"\nstate_dir = "${dir}"\n[vagrant]\nhypervisor = "${hypervisor}"\n`;
  const config = load({ toml, hostCpus: 4, provider: 'vagrant' });
  const lab = new Lab({ config, repoDir: '/checkout', configDir: dir });
  const spec = supervisorSpec({ config, repoDir: '/checkout', registryStorage: undefined, osRootOf: () => '/gone' });
  mkdirSync(dirname(lab.paths.specFile), { recursive: true });
  writeFileSync(lab.paths.specFile, JSON.stringify(spec));
  return { lab, spec };
}

it('guests of VirtualBox are refused, with what Vagrant itself can do, before anything is looked at', async () => {
  const { parts } = guestLab('virtualbox').lab;
  const refused = {
    code: 'unbuilt.snapshots',
    next: expect.stringContaining('vagrant snapshot save NAME') as string,
  };
  await expect(saveSnapshot(parts, 'one', silent)).rejects.toMatchObject(refused);
  await expect(restoreSnapshot(parts, 'one', silent)).rejects.toMatchObject(refused);
});

describe.skipIf(process.getuid?.() !== 0)('of guests of libvirt', () => {
  const restored = async (change: (record: SnapshotRecord) => SnapshotRecord) => {
    const { lab, spec } = guestLab('libvirt');
    const machines = spec.machines.map(({ name, address, machineId }) => ({ name, address, machineId }));
    const record: SnapshotRecord = { at: '2026-01-01T00:00:00.000Z', guestsOf: 'libvirt', machines, bytes: 1 };
    const store = new SnapshotStore(lab.paths.stateDir);
    await store.keep('one', await store.begin('one'), change(record));
    const refused: unknown = await restoreSnapshot(lab.parts, 'one', silent).catch((error: unknown) => error);
    // Nothing was touched.
    expect(readdirSync(lab.paths.stateDir).sort()).toEqual(['snapshots', 'supervisor-spec.json']);
    return refused;
  };

  it('a snapshot of containers does not fit', async () => {
    const containers = ({ guestsOf: _, ...record }: SnapshotRecord) => record;
    expect(await restored(containers)).toMatchObject({
      code: 'state.snapshot',
      message: expect.stringContaining("its machines are containers, and the lab's are virtual machines") as string,
    });
  });

  it('nor does one of other machines', async () => {
    const fewer = (record: SnapshotRecord) => ({ ...record, machines: record.machines.slice(1) });
    expect(await restored(fewer)).toMatchObject({ code: 'state.snapshot' });
  });

  it('a lab without a machine has nothing to keep', async () => {
    const { parts } = guestLab('libvirt').lab;
    await expect(saveSnapshot(parts, 'one', silent)).rejects.toMatchObject({ code: 'state.machine', next: 'lab up' });
  });
});
