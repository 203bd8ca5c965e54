import { describe, expect, it } from 'vitest';
import { loadConfig } from '#provision/config/load-config.ts';
import { load, loadError } from './config-directory.ts';

describe('loadConfig', () => {
  it('has the book cluster as its default', () => {
    const config = load({});
    expect(config.machines).toEqual([
      { name: 'core-01', index: 1, address: '172.17.8.101', memoryBytes: 2 * 1024 ** 3, cpus: 1 },
      { name: 'core-02', index: 2, address: '172.17.8.102', memoryBytes: 2 * 1024 ** 3, cpus: 1 },
      { name: 'core-03', index: 3, address: '172.17.8.103', memoryBytes: 2 * 1024 ** 3, cpus: 1 },
    ]);
    expect(config.network).toMatchObject({ cidr: '172.17.8.0/24', prefixLength: 24, flannelCidr: '10.1.0.0/16' });
    expect(config.timers).toMatchObject({ fleetAgentTtlMs: 5000, etcdHeartbeatMs: 100, etcdElectionMs: 500 });
    expect(config).toMatchObject({ stateDir: '/var/lib/coreos-lab/lab', cacheDir: '/home/reader/.cache/coreos-lab' });
  });

  it('is what the commented files of the project say: every default is written down', () => {
    const env = { HOME: '/home/reader' };
    expect(loadConfig('.', env, 4)).toEqual(load({}));
  });

  it('cannot be changed afterwards', () => {
    const config = load({});
    expect(() => Object.assign(config.machines[0] ?? {}, { cpus: 8 })).toThrow(TypeError);
    expect(() => Object.assign(config.network, { cidr: '' })).toThrow(TypeError);
  });

  it('puts both files together', () => {
    const config = load({
      rb: '$num_instances=2\n$vm_memory = 4_096\n$vm_cpus=2\n$instance_name_prefix="node"',
      toml: '[lab]\nname = "second"\nstate_dir = "/srv/lab"\n[network]\nfirst_machine = "172.17.8.11"\n',
      env: { XDG_CACHE_HOME: '/var/cache/me' },
    });
    expect(config.machines.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'node-01 172.17.8.11',
      'node-02 172.17.8.12',
    ]);
    expect(config.machines[0]).toMatchObject({ memoryBytes: 4096 * 1024 * 1024, cpus: 2 });
    expect(config).toMatchObject({ stateDir: '/srv/lab/second', cacheDir: '/var/cache/me/coreos-lab' });
  });

  it('ignores a relative XDG_CACHE_HOME, as its specification says', () => {
    const home = { HOME: '/home/reader' };
    expect(load({ env: { ...home, XDG_CACHE_HOME: 'cache' } }).cacheDir).toBe(load({ env: home }).cacheDir);
  });

  it.each([
    ['$vm_memory = 1024', {}, 'config.memory', /^config\.rb:1: \$vm_memory = 1024 is too little for Couchbase/],
    ['\n$vm_cpus = 9', {}, 'config.cpus', /^config\.rb:2: \$vm_cpus = 9, but this host has 4/],
    [
      '$num_instances = 0',
      {},
      'config.value',
      /^config\.rb:1: \$num_instances must be a whole number from 1 to 9, not 0/,
    ],
    ['$vm_memory = "2048 MB"', {}, 'config.value', /not "2048 MB"/],
    ['$instance_name_prefix = "Core_"', {}, 'config.value', /1 to 8 characters/],
    ['# x\n\n$vm_memroy = 1', {}, 'config.variable', /^config\.rb:3: .*did you mean \$vm_memory\?/],
    ['', { NUM_INSTANCES: 'three' }, 'config.environment', /NUM_INSTANCES/],
  ])('refuses config.rb %j', (rb, env, code, cause) => {
    const error = loadError({ rb, env });
    expect(error).toMatchObject({ code, exitCode: 78 });
    expect(error.message).toMatch(cause);
    expect(error.next).not.toBe('');
  });

  it('allows small machines when Couchbase is not to run', () => {
    const config = load({ rb: '$vm_memory = 512', toml: '[apps]\ncouchbase = false' });
    expect(config.machines[0]?.memoryBytes).toBe(512 * 1024 ** 2);
  });

  it.each([
    [
      '[network]\nbridge = "172.17.8.102"',
      'config.network',
      /^lab\.toml:1: 172\.17\.8\.102 is the address of both the bridge and machine 2/,
    ],
    [
      '[network]\nbridge = "172.17.9.1"',
      'config.network',
      /^lab\.toml:2: 172\.17\.9\.1 of the bridge is no host address/,
    ],
    ['[network]\nfirst_machine = "172.17.8.253"', 'config.network', /both the host and machine 2 of 3/],
    ['[network]\nfirst_machine = "172.17.8.255"', 'config.network', /no host address/],
    ['[network]\nflannel = "172.16.0.0/12"', 'config.network', /^lab\.toml:2: the flannel network .* overlaps/],
    ['[timers]\netcd_heartbeat = "300ms"', 'config.timers', /at least 5 times/],
    ['[timers]\nfleet_agent_ttl = "2500ms"', 'config.timers', /whole seconds/],
    ['[timers]\nfleet_agent_ttl = "2s"\netcd_election = "3s"', 'config.timers', /no lease can be shorter than 5s/],
    ['[ports]\nregistry = 8000', 'config.ports', /port 8000 of artifacts is already used by registry/],
    ['[ports]\nfleet_api = 2379', 'config.ports', /^lab\.toml:2: port 2379 of fleet_api is already used by etcd/],
    ['[ports]\nfleet_api = 12379', 'config.ports', /^lab\.toml:2: port 12379 of fleet_api is already used by etcd/],
    ['[ports]\nregistry = 4001', 'config.ports', /^lab\.toml:2: port 4001 of registry is already used by etcd/],
  ])('refuses settings that do not fit together: %j', (toml, code, cause) => {
    const error = loadError({ toml });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(cause);
  });
});
