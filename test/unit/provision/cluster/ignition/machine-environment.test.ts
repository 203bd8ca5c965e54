import { expect, it } from 'vitest';
import { builtMachine, fileOf, textOf } from './built-machine.ts';
import { asSystemdReads } from './environment-file.ts';

const toml =
  '[lab]\nname = "mine"\n[timers]\nfleet_agent_ttl = "3s"\netcd_heartbeat = "60ms"\netcd_election = "700ms"\n';
const environment = async (path: string, options: Parameters<typeof builtMachine>[0] = { toml }) =>
  asSystemdReads(await textOf(builtMachine(options).ignition, path));

it.each([
  ['core-01', {}, '172.17.8.101'],
  ['core-03', {}, '172.17.8.103'],
  ['core-02', { guest: { lanMac: '52:54:00:00:00:02' }, provider: 'vagrant' as const }, '172.17.8.102'],
  [
    'core-02',
    {
      toml: '[network]\nrange = "10.77.0.0/24"\nbridge = "10.77.0.1"\nfirst_machine = "10.77.0.11"\nhost = "10.77.0.2"\n',
    },
    '10.77.0.12',
  ],
])("units find %s's address where CoreOS had it (%j)", async (name, options, address) => {
  const machine = builtMachine({ name, ...options });
  expect(asSystemdReads(await textOf(machine.ignition, '/etc/environment'))).toEqual({
    COREOS_PUBLIC_IPV4: address,
    COREOS_PRIVATE_IPV4: address,
  });
  // Debian's image has one, empty.
  expect(fileOf(machine.ignition, '/etc/environment').overwrite).toBe(true);
});

it('/opt/bin is there, and on the PATH of a login, of a command by ssh and of sudo', async () => {
  const { ignition } = builtMachine();
  expect(ignition.storage?.directories).toContainEqual({ path: '/opt/bin', mode: 0o755 });
  const profile = asSystemdReads(await textOf(ignition, '/etc/profile.d/opt-bin.sh'));
  expect(profile['PATH']?.split(':')).toEqual(expect.arrayContaining(['/usr/bin', '/usr/sbin', '/opt/bin']));
  expect(await textOf(ignition, '/etc/ssh/sshd_config.d/path.conf')).toBe(`SetEnv PATH=${profile['PATH']}\n`);
  expect(await textOf(ignition, '/etc/sudoers.d/path')).toBe(`Defaults secure_path="${profile['PATH']}"\n`);
});

it('etcd knows all members from the start, and serves clients on every address', async () => {
  expect(await environment('/etc/etcd/etcd.env')).toMatchObject({
    ETCD_NAME: 'core-02',
    ETCD_LISTEN_CLIENT_URLS: 'http://0.0.0.0:12379',
    ETCD_ADVERTISE_CLIENT_URLS: 'http://172.17.8.102:2379',
    ETCD_LISTEN_PEER_URLS: 'http://172.17.8.102:2380',
    ETCD_INITIAL_ADVERTISE_PEER_URLS: 'http://172.17.8.102:2380',
    ETCD_INITIAL_CLUSTER:
      'core-01=http://172.17.8.101:2380,core-02=http://172.17.8.102:2380,core-03=http://172.17.8.103:2380',
    ETCD_INITIAL_CLUSTER_STATE: 'new',
    ETCD_INITIAL_CLUSTER_TOKEN: 'coreos-lab-mine',
    ETCD_HEARTBEAT_INTERVAL: '60',
    ETCD_ELECTION_TIMEOUT: '700',
  });
});

it("flannel's default configuration reaches it as JSON, quotes and all", async () => {
  const vxlan = { toml: '[network]\nflannel = "10.7.0.0/16"\nflannel_backend = "vxlan"\n' };
  const { FLANNELD_DEFAULT_CONFIG: json = '' } = await environment('/etc/flannel/flanneld.env', vxlan);
  expect(JSON.parse(json)).toEqual({ Network: '10.7.0.0/16', SubnetLen: 24, Backend: { Type: 'vxlan' } });
});

it("flannel's options are several words of one variable", async () => {
  const { FLANNELD_OPTS: options = '' } = await environment('/etc/flannel/flanneld.env');
  expect(options.split(' ')).toEqual([
    '--etcd-endpoints=http://127.0.0.1:12379',
    '--iface=host0',
    '--public-ip=172.17.8.102',
    '--ip-masq',
  ]);
});

it("fleet asks the machine's own etcd member first, then the others, and knows its name and lease", async () => {
  expect(await environment('/etc/fleet/fleet.env')).toEqual({
    FLEET_ETCD_SERVERS: 'http://127.0.0.1:12379,http://172.17.8.101:12379,http://172.17.8.103:12379',
    FLEET_PUBLIC_IP: '172.17.8.102',
    FLEET_METADATA: 'hostname=core-02',
    FLEET_AGENT_TTL: '3s',
    FLEET_RESYNC: '3s',
    FLEET_SHUTDOWN_WAIT: '6s',
    FLEET_FENCE: 'true',
  });
});
