import { expect, it } from 'vitest';
import { sizesOf } from '#provision/host/download-bytes.ts';
import { previewSteps, type PreviewSeen } from '#provision/cluster/preview/steps.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { loadConfig } from '#provision/config/load-config.ts';

const written = loadConfig(process.cwd(), {}, 4);
const names = ['core-01', 'core-02', 'core-03'];
const nothingThere: PreviewSeen = {
  inForce: undefined,
  becomes: written,
  wanted: names,
  status: { up: false, machines: [] },
  missingPackages: ['buildah', 'mmdebstrap'],
  packageBytes: 12_300_000,
  fetches: [],
  images: [
    { subject: 'OS image', cached: false },
    { subject: 'container images', cached: false },
  ],
};
const running: PreviewSeen = {
  ...nothingThere,
  inForce: written,
  status: { up: true, machines: names.map((name) => ({ name, state: 'running' })) },
  missingPackages: [],
  packageBytes: 0,
  images: nothingThere.images.map((image) => ({ ...image, cached: true })),
};
const said = (seen: PreviewSeen) => previewSteps(seen).map(({ subject, action }) => `${subject}: ${action}`);

it('of a fresh host: packages with their size, images, network, machines, in this order', () => {
  expect(said(nothingThere)).toEqual([
    'packages: install',
    'OS image: build',
    'container images: build',
    'network: create',
    'core-01: create',
    'core-02: create',
    'core-03: create',
  ]);
  expect(previewSteps(nothingThere)[0]).toEqual({
    subject: 'packages',
    action: 'install',
    reason: 'missing: buildah mmdebstrap',
    bytes: 12_300_000,
  });
});

it('another lab without a running machine, which has the addresses, goes down before the network is made', () => {
  const steps = previewSteps({ ...nothingThere, resting: 'kept' });
  expect(steps.slice(3, 5).map(({ subject, action }) => `${subject}: ${action}`)).toEqual([
    'addresses: change',
    'network: create',
  ]);
  expect(steps[3]?.reason).toBe('lab kept, which has them and runs no machine, goes down; its disks stay');
});

it('names each image that would be fetched, from where, and its size where somebody knows it', () => {
  const remoteUrl = 'https://registry.example';
  const fetches = [
    { image: 'couchbase:community-4.0.0', remoteUrl, bytes: 70_000_000 },
    { image: 'memcached:1', remoteUrl, bytes: undefined },
  ];
  const steps = previewSteps({ ...running, fetches }).filter(({ action }) => action === 'fetch');
  const reason = 'the cache does not hold it; from https://registry.example';
  expect(steps).toEqual([
    { subject: 'couchbase:community-4.0.0', action: 'fetch', reason, bytes: 70_000_000 },
    { subject: 'memcached:1', action: 'fetch', reason },
  ]);
});

it('says no size where apt knows none', () => {
  expect(previewSteps({ ...nothingThere, packageBytes: undefined })[0]).not.toHaveProperty('bytes');
});

it('of a lab that runs as it is written: nothing', () => {
  expect(previewSteps(running).filter(({ action }) => action !== 'nothing')).toEqual([]);
});

it('a machine that runs with another size is changed while it runs, one that is halted is started', () => {
  const smaller: LabConfig = { ...written, machines: written.machines.map((m) => ({ ...m, memoryBytes: 1024 ** 3 })) };
  const seen: PreviewSeen = {
    ...running,
    becomes: smaller,
    status: { up: true, machines: names.map((name, i) => ({ name, state: i === 2 ? 'stopped' : 'running' })) },
  };
  expect(previewSteps(seen).slice(-3)).toEqual([
    { subject: 'core-01', action: 'change', reason: '$vm_memory from 2048 to 1024, while it runs' },
    { subject: 'core-02', action: 'change', reason: '$vm_memory from 2048 to 1024, while it runs' },
    { subject: 'core-03', action: 'start', reason: 'it is halted' },
  ]);
});

it('a machine that is no longer written, and has no disk, is left out', () => {
  const two = { ...written, machines: written.machines.slice(0, 2) };
  expect(said({ ...running, becomes: two, wanted: names.slice(0, 2) })).toContain('core-03: change');
});

it('adds up what apt says it would download', () => {
  const uris = "'http://x/a_1.deb' a_1.deb 9496 MD5Sum:00\n'http://x/b.deb' b.deb 21372 \n";
  expect(sizesOf(uris)).toBe(30_868);
  expect(sizesOf('')).toBe(0);
});
