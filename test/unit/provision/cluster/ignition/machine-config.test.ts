import { describe, expect, it } from 'vitest';
import { validate } from '../../ignition-ts/oracle.ts';
import { artifacts, builtMachine, etcdctl, fileOf, textOf } from './built-machine.ts';

const { ignition, json } = builtMachine();

describe('the whole config', () => {
  it.each(['core-01', 'core-02', 'core-03'])("of %s satisfies Ignition's own validator without a word", (name) => {
    expect(validate(builtMachine({ name }).json)).toMatchObject({ clean: true });
  });

  it('satisfies it for other sizes, names and networks too', () => {
    const rb = '$num_instances = 5\n$instance_name_prefix = "node"\n$vm_cpus = 2\n';
    const toml = '[lab]\nname = "other"\n[network]\nflannel_backend = "vxlan"\n';
    expect(validate(builtMachine({ rb, toml, name: 'node-05' }).json)).toMatchObject({ clean: true });
  });

  it('is the same text each time', () => {
    expect(builtMachine().json).toBe(json);
  });

  it('enables the services of the cluster', () => {
    const enabled = ignition.systemd?.units?.filter((unit) => unit.enabled === true).map(({ name }) => name);
    const services = ['containerd', 'docker', 'etcd', 'flanneld', 'fleet'].map((name) => `${name}.service`);
    expect(enabled?.sort()).toEqual([...services, 'etcd-v2.socket', 'etcdctl.socket'].sort());
  });

  it.each(['etcd-v2', 'etcdctl'])('has %s started by its socket alone', (started) => {
    const service = ignition.systemd?.units?.find(({ name }) => name === `${started}.service`);
    expect(service).toBeDefined();
    expect(service?.enabled).toBeUndefined();
  });

  it('has an etcdctl that hands its commands to a process', async () =>
    expect(await textOf(ignition, '/usr/bin/etcdctl')).toBe(etcdctl));
});

describe('$expose_docker_tcp', () => {
  const rb = '$expose_docker_tcp = 2375\n';
  const units = (machine: ReturnType<typeof builtMachine>) => machine.ignition.systemd?.units?.map(({ name }) => name);

  it('lets Docker answer on TCP, in a virtual machine only', () => {
    const guest = builtMachine({ rb, provider: 'vagrant' });
    expect(units(guest)).toEqual(expect.arrayContaining(['docker-tcp.socket', 'docker-tcp.service']));
    expect(validate(guest.json)).toMatchObject({ clean: true });
    expect(units(builtMachine({ rb }))).not.toContain('docker-tcp.socket');
    expect(units(builtMachine({ provider: 'vagrant' }))).not.toContain('docker-tcp.socket');
  });
});

describe('who may come in', () => {
  it("is core, with the lab's key, able to use sudo and Docker", () => {
    const [core, ...others] = ignition.passwd?.users ?? [];
    expect(others).toEqual([]);
    expect(core?.name).toBe('core');
    expect(core?.sshAuthorizedKeys).toHaveLength(1);
    expect(core?.groups).toEqual(expect.arrayContaining(['sudo', 'docker', 'systemd-journal']));
  });

  it('the private key is readable by core alone, in a directory of its own', () => {
    const key = fileOf(ignition, '/home/core/.ssh/id_ed25519');
    expect(key).toMatchObject({ mode: 0o600, user: { name: 'core' }, group: { name: 'core' } });
    expect(ignition.storage?.directories).toContainEqual(
      expect.objectContaining({ path: '/home/core/.ssh', mode: 0o700, user: { name: 'core' } }),
    );
  });

  it('no other file carries the private key', async () => {
    const carried = (ignition.storage?.files ?? []).filter(({ contents }) => contents?.source?.startsWith('data:'));
    const texts = await Promise.all(carried.map(async ({ path }) => [path, await textOf(ignition, path)] as const));
    expect(texts.filter(([, text]) => text.includes('PRIVATE\n')).map(([path]) => path)).toEqual([
      '/home/core/.ssh/id_ed25519',
    ]);
  });
});

describe('files', () => {
  it('have modes that say what they are: programs run, settings are read', () => {
    const modes = new Map((ignition.storage?.files ?? []).map(({ path, mode }) => [path, mode]));
    for (const program of [
      '/usr/bin/fleetctl',
      '/usr/bin/etcdctl',
      '/usr/bin/announce',
      '/opt/lab/bin/runc-within-limits',
    ])
      expect([program, modes.get(program)]).toEqual([program, 0o755]);
    for (const [path, mode] of modes) {
      if (path.startsWith('/etc/')) expect([path, mode]).toEqual([path, path.includes('sudoers') ? 0o440 : 0o644]);
    }
    expect(modes.get('/opt/lab/bin/fleetd.cjs')).toBe(0o644);
  });

  it("large ones come from the lab's artifact server, checked by their hash", () => {
    const moved = builtMachine({ toml: '[ports]\nartifacts = 8123\n' }).ignition;
    for (const { path, name, sha512 } of artifacts) {
      expect(fileOf(moved, path).contents).toEqual({
        source: `http://172.17.8.1:8123/${name}`,
        verification: { hash: `sha512-${sha512}` },
      });
    }
  });

  it('name the machine and let every machine find the others', async () => {
    expect(await textOf(ignition, '/etc/hostname')).toBe('core-02\n');
    const hosts = await textOf(ignition, '/etc/hosts');
    for (const [name, last] of [
      ['core-01', 101],
      ['core-02', 102],
      ['core-03', 103],
    ] as const)
      expect(hosts.split('\n')).toContain(`172.17.8.${last} ${name}`);
    expect(await textOf(ignition, '/etc/resolv.conf')).toBe('nameserver 172.17.8.1\n');
    expect(await textOf(ignition, '/etc/systemd/network/10-host0.network')).toContain('Address=172.17.8.102/24\n');
  });
});

describe('Docker', () => {
  const affinity = (options: Parameters<typeof builtMachine>[0]) => {
    const docker = builtMachine(options).ignition.systemd?.units?.find(({ name }) => name === 'docker.service');
    return docker?.dropins?.map(({ contents }) => contents).join('');
  };

  it('sees as many cores as the machine has CPUs, each machine beginning at another core', () => {
    expect(affinity({ name: 'core-01' })).toBe('[Service]\nCPUAffinity=\nCPUAffinity=0\n');
    expect(affinity({ name: 'core-02' })).toBe('[Service]\nCPUAffinity=\nCPUAffinity=1\n');
    expect(affinity({ rb: '$vm_cpus = 2\n', name: 'core-02' })).toBe('[Service]\nCPUAffinity=\nCPUAffinity=1 2\n');
  });

  it('is given only cores that the host has', () => {
    expect(affinity({ rb: '$num_instances = 5\n', name: 'core-05', hostCpus: 2 })).toBe(
      '[Service]\nCPUAffinity=\nCPUAffinity=0\n',
    );
    expect(affinity({ rb: '$vm_cpus = 2\n', name: 'core-02', hostCpus: 2 })).toBe(
      '[Service]\nCPUAffinity=\nCPUAffinity=1 0\n',
    );
    expect(affinity({ name: 'core-03', hostCpus: 1 })).toBe('[Service]\nCPUAffinity=\nCPUAffinity=0\n');
  });

  it("pulls through the lab's registry and leaves masquerading to flannel", async () => {
    expect(JSON.parse(await textOf(ignition, '/etc/docker/daemon.json'))).toMatchObject({
      'registry-mirrors': ['http://172.17.8.1:5000'],
      'insecure-registries': ['172.17.8.1:5000'],
      'ip-masq': false,
      'default-runtime': 'runc-within-limits',
    });
  });
});

describe('a guest', () => {
  const lanMac = '52:54:00:5b:ce:02';
  const guest = { lanMac };

  it('of VirtualBox has no way out of the host through its NAT; one of libvirt is behind no such thing', async () => {
    const path = '/etc/systemd/network/10-eth0.network.d/10-no-way-out.conf';
    const toml = '[vagrant]\nhypervisor = "virtualbox"\n';
    const { ignition: virtualbox } = builtMachine({ guest, provider: 'vagrant', toml });
    expect(await textOf(virtualbox, path)).toBe('[DHCPv4]\nUseGateway=no\n');
    const libvirt = builtMachine({ guest, provider: 'vagrant' }).ignition;
    expect(libvirt.storage?.files?.map((file) => file.path)).not.toContain(path);
  });

  it("finds the interface on the lab's bridge by its address; a container needs nothing of the kind", async () => {
    const { ignition: libvirt } = builtMachine({ guest, provider: 'vagrant' });
    expect(await textOf(libvirt, '/etc/systemd/network/10-host0.link')).toContain(`MACAddress=${lanMac}\n`);
    const paths = ignition.storage?.files?.map(({ path }) => path) ?? [];
    expect(paths.filter((path) => path.endsWith('.link') || path.includes('system.conf.d'))).toEqual([]);
  });
});

describe.each([
  ['a guest', { guest: { lanMac: '52:54:00:5b:ce:02' }, provider: 'vagrant' as const }],
  ['a container of a slow host', { stretch: 2 }],
])('%s', (_, kind) => {
  const built = (toml: string, stretch?: number) =>
    builtMachine({ ...kind, toml, ...(stretch === undefined ? {} : { stretch }) }).ignition;
  const timeout = async (what: 'Start' | 'Stop', toml: string) => {
    const text = await textOf(built(toml), '/etc/systemd/system.conf.d/10-timeouts.conf');
    return Number(new RegExp(`^DefaultTimeout${what}Sec=(\\d+)s$`, 'm').exec(text)?.[1]);
  };
  const times = 'stretch' in kind ? kind.stretch : 1;

  it('lets a unit stop for as long as a halt may take, and never for less than systemd itself does', async () => {
    expect(await timeout('Stop', '[timers]\nhalt_deadline = "200s"\n')).toBe(200 * times);
    expect(await timeout('Stop', '')).toBe(90);
  });

  it('lets a unit start for as long as a boot may take, and never for less than systemd itself does', async () => {
    expect(await timeout('Start', '[timers]\nboot_deadline = "10s"\n')).toBe(90);
    expect(await timeout('Start', '[timers]\nboot_deadline = "8m"\n')).toBe(480 * times);
  });

  it('gives etcd longer for an answer, and never for ever', async () => {
    const patience = (stretch: number) => textOf(built('', stretch), '/etc/lab/etcdctl.env');
    expect(await patience(6)).toBe('PATIENCE=6\n');
    expect(await patience(40)).toBe('PATIENCE=10\n');
  });

  it('puts etcd and what hangs on it before containers, and lets fleet and Docker stop in their time', async () => {
    const dropIn = (service: string) => textOf(built('', 10), `/etc/systemd/system/${service}.service.d/10-slow.conf`);
    expect(await dropIn('etcd')).toBe('[Service]\nCPUWeight=1000\n');
    expect(await dropIn('fleet')).toBe('[Service]\nCPUWeight=1000\nTimeoutStopSec=200s\n');
    expect(await dropIn('etcd-v2')).toBe('[Service]\nCPUWeight=1000\nEnvironment=ETCD_V2_TIMEOUT=50\n');
    expect(await dropIn('docker')).toBe('[Service]\nTimeoutStopSec=150s\n');
  });

  it('gives the keys of sidekicks more time', async () => {
    expect(await textOf(built('', 2.5), '/etc/lab/sidekick.env')).toBe('KEY_TTL=20\n');
    expect(ignition.storage?.files?.some(({ path }) => path === '/etc/lab/sidekick.env')).toBe(false);
  });
});
