import { join } from 'node:path';
import { expect, it } from 'vitest';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { machineId } from '#provision/machines/machine-id.ts';
import { load } from '../config/config-directory.ts';

const toml = '[lab]\nname = "two"\nstate_dir = "/var/lib/x"\n[ports]\nregistry = 5001\n[rsvp]\nrate = 7\nseed = 42\n';
const config = load({ rb: '$num_instances = 2\n$vm_memory = 1536\n$vm_cpus = 2\n', toml });
const spec = supervisorSpec({
  config,
  repoDir: '/checkout',
  registryStorage: '/cache/registry',
  osRootOf: (machine) => `/cache/os/${machine}`,
});

it('tells the supervisor of each machine: address, size, identity, the image it was made from', () => {
  const [first, second] = config.machines;
  if (first === undefined || second === undefined) throw new Error('two machines are configured');
  expect(spec.machines).toEqual([
    {
      name: 'core-01',
      address: '172.17.8.101',
      memoryBytes: 1536 * 1024 * 1024,
      cpus: 2,
      machineId: machineId('two', first),
      osRoot: '/cache/os/core-01',
    },
    {
      name: 'core-02',
      address: '172.17.8.102',
      memoryBytes: 1536 * 1024 * 1024,
      cpus: 2,
      machineId: machineId('two', second),
      osRoot: '/cache/os/core-02',
    },
  ]);
});

it('carries the network, the ports, the registry and the state directory of this very lab', () => {
  expect(spec).toMatchObject({
    lab: 'two',
    stateDir: '/var/lib/x/two',
    registryStorage: '/cache/registry',
    ports: { registry: 5001, artifacts: 8000 },
    network: { bridgeAddress: '172.17.8.1', prefixLength: 24, flannelCidr: '10.1.0.0/16' },
  });
});

it("answers the RSVP stream's name with the bridge, and starts the stream there at the configured rate and seed", () => {
  expect(spec.network.names).toEqual({ 'stream.meetup.com': '172.17.8.1' });
  const [program, bundle, ...args] = spec.rsvp ?? [];
  expect(program).toBe(process.execPath);
  expect(bundle).toBe(join('/checkout', 'apps/meetup/dist/meetup.cjs'));
  expect(args.join(' ')).toBe('--host 172.17.8.1 --port 80 --rate 7 --seed 42');
});

it('has no registry when there are no container images', () => {
  const bare = supervisorSpec({ config, repoDir: '/checkout', registryStorage: undefined, osRootOf: () => '' });
  expect(bare).not.toHaveProperty('registryStorage');
  // It is written as JSON for another process.
  expect(JSON.parse(JSON.stringify(bare))).toEqual(bare);
});

it('knows another registry only where lab.toml names one, and which names are never asked for there', () => {
  expect(spec).not.toHaveProperty('upstream');
  const specOf = (images: string) =>
    supervisorSpec({
      config: load({ toml: `[images]\nremoteurl = "https://registry.example"\n${images}` }),
      repoDir: '/checkout',
      registryStorage: '/cache/registry',
      osRootOf: () => '/cache/os',
    }).upstream;
  expect(specOf('')).toMatchObject({
    remoteUrl: 'https://registry.example',
    images: {},
    storage: expect.stringMatching(/\/coreos-lab\/pull-through\/[0-9a-f]{32}$/) as string,
    own: ['lab/', 'library/node'],
  });
  expect(specOf('[images.node]\nsource = "upstream"')).toMatchObject({
    images: { node: 'library/node' },
    own: ['lab/'],
  });
});
