import { expect, it } from 'vitest';
import { misfit, type LabShape, type SnapshotRecord } from '#provision/cluster/snapshots/snapshot-record.ts';
import { diskSettings } from '#provision/cluster/in-force/disk-settings.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { loadConfig } from '#provision/config/load-config.ts';

const config = loadConfig(process.cwd(), {}, 4);
const spec = supervisorSpec({ config, repoDir: '/checkout', registryStorage: undefined, osRootOf: () => '/os' });
const lab: LabShape = { guestsOf: undefined, machines: spec.machines, settings: diskSettings(config) };
const record: SnapshotRecord = {
  at: '2026-01-01T00:00:00.000Z',
  machines: spec.machines.map(({ name, address, machineId, osRoot }) => ({ name, address, machineId, osRoot })),
  settings: diskSettings(config),
  bytes: 0,
};

it('a snapshot of the lab as it is fits, whatever size the machines have by now, and also one without a record', () => {
  expect(misfit(record, lab)).toBeUndefined();
  const { settings: _, ...older } = record;
  expect(misfit(older, lab)).toBeUndefined();
});

it('one of other machines does not', () => {
  const [first, ...others] = record.machines;
  expect(misfit({ ...record, machines: others }, lab)).toBe(
    'it has the disks of core-02, core-03, and the lab has core-01, core-02, core-03',
  );
  const moved = [{ ...first!, address: '10.9.9.9' }, ...others];
  expect(misfit({ ...record, machines: moved }, lab)).toBe('core-01 was at 10.9.9.9, and is at 172.17.8.101');
});

it('nor one whose disks hold another setting that all must agree on', () => {
  const settings = { ...diskSettings(config), fleetAgentTtlMs: 9000 };
  expect(misfit({ ...record, settings }, lab)).toBe('its disks have 9000 for fleetAgentTtlMs, and the lab has 5000');
});

it('one of containers does not fit a lab of virtual machines, nor the other way round', () => {
  const guests = { ...record, guestsOf: 'libvirt' } as const;
  expect(misfit(record, { ...lab, guestsOf: 'libvirt' })).toBe(
    "its machines are containers, and the lab's are virtual machines of libvirt",
  );
  expect(misfit(guests, lab)).toBe("its machines are virtual machines of libvirt, and the lab's are containers");
  expect(misfit(guests, { ...lab, guestsOf: 'libvirt' })).toBeUndefined();
});
