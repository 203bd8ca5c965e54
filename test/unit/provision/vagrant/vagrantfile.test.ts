import { describe, expect, it } from 'vitest';
import type { HypervisorName } from '#provision/config/lab-config.ts';
import { type Call, recordVagrantfile } from './record-vagrantfile.ts';

async function callsFor(rb: string, numInstances?: string, hypervisor?: HypervisorName): Promise<readonly Call[]> {
  const [recorded] = await recordVagrantfile([rb], numInstances, hypervisor);
  expect(recorded).toMatchObject({ exitCode: 0 });
  return recorded?.calls ?? [];
}

const machines = (calls: readonly Call[]) => calls.filter(({ call }) => call === 'define').map(({ args }) => args[0]);

/** Arguments of one call on one machine, each time it is made. */
function on(calls: readonly Call[], machine: string, call: string): unknown[] {
  return calls
    .filter((one) => one.at.startsWith(`vm define(${machine})`) && one.call === call)
    .map(({ args, options }) => (Object.keys(options).length > 0 ? [...args, options] : args));
}

describe('the Vagrantfile', () => {
  it('describes three machines without a config.rb that says otherwise', async () => {
    const calls = await callsFor('');
    expect(machines(calls)).toEqual(['core-01', 'core-02', 'core-03']);
    const interfaceOf = (n: number) => ({
      mac: expect.stringMatching(new RegExp(`^525400[0-9A-F]{4}0${n}$`)) as string,
    });
    expect(on(calls, 'core-02', 'network')).toEqual([
      [
        'private_network',
        expect.objectContaining({
          ...interfaceOf(2),
          ip: '172.17.8.102',
          auto_config: false,
          libvirt__network_name: 'machines',
          libvirt__iface_name: 'vb-core-02',
        }),
      ],
      ['public_network', { ...interfaceOf(2), auto_config: false, bridge: 'lab-lab', nic_type: 'virtio' }],
    ]);
    // Each under its own provider: neither sees the other's.
    const places = calls.filter(({ call, args }) => call === 'network' && String(args[0]).endsWith('_network'));
    expect([
      ...new Set(places.map(({ at, args }) => `${/provider\((\w+)\)/.exec(at)?.[1]} ${String(args[0])}`)),
    ]).toEqual(['libvirt private_network', 'virtualbox public_network']);
    expect(on(calls, 'core-02', 'synced_folder')).toEqual([]);
  });

  it("hands each machine its own Ignition config, by fw_cfg, on the lab's own libvirtd", async () => {
    const calls = await callsFor('');
    const file = (name: string) => `/var/lib/coreos-lab/lab/machines/${name}/ignition.json`;
    for (const name of ['core-01', 'core-03']) {
      expect(on(calls, name, 'qemuargs')).toEqual([
        [{ value: '-fw_cfg' }],
        [{ value: `name=opt/com.coreos/config,file=${file(name)}` }],
      ]);
      expect(on(calls, name, 'uri=')).toEqual([
        ['qemu+unix:///system?socket=/run/coreos-lab/lab/libvirt/libvirt-sock'],
      ]);
    }
  });

  it('waits for a guest as long as the lab does: for an emulated one longer, and for several that boot at once', async () => {
    const boot = async (rb: string) =>
      (await callsFor(rb)).filter(({ call }) => call === 'boot_timeout=').map(({ args }) => args[0]);
    const [one = NaN] = (await boot('$num_instances = 1\n')) as number[];
    expect(one).toBeGreaterThan(60);
    expect(await boot('$num_instances = 3\n')).toEqual([3 * one]);
  });

  it("tells VirtualBox each guest's size, name and serial port, and a config that asks for nothing until there is one", async () => {
    const calls = await callsFor('$vb_cpuexecutioncap = 40\n$vb_gui = true\n', undefined, 'virtualbox');
    expect(on(calls, 'core-01', 'name=')).toEqual([['coreos-lab-lab-core-01']]);
    expect(on(calls, 'core-01', 'gui=')).toEqual([[true]]);
    expect((on(calls, 'core-01', 'customize') as [string[]][]).map(([words]) => words)).toEqual([
      ['guestproperty', 'set', 'id', '/Ignition/Config', '{"ignition":{"version":"3.3.0"}}'],
      ['modifyvm', 'id', '--cpuexecutioncap', '40'],
      [
        'modifyvm',
        'id',
        '--uart1',
        '0x3F8',
        '4',
        '--uartmode1',
        'file',
        '/var/lib/coreos-lab/lab/log/core-01-serial.txt',
      ],
    ]);
  });

  it('follows the sizes, and lets the older names win', async () => {
    const calls = await callsFor(
      '$num_instances = 2\n$instance_name_prefix = "node"\n$vm_memory = 4096\n$vb_memory = 1536\n$vm_cpus = 2\n',
    );
    expect(machines(calls)).toEqual(['node-01', 'node-02']);
    expect(on(calls, 'node-01', 'memory=')).toEqual([[1536], [1536]]);
    expect(on(calls, 'node-01', 'cpus=')).toEqual([[2], [2]]);
  });

  it('takes the number of machines from NUM_INSTANCES where config.rb has none', async () => {
    expect(machines(await callsFor('', '5'))).toHaveLength(5);
    expect(machines(await callsFor('$num_instances = 1\n', '5'))).toHaveLength(1);
  });

  it('forwards ports, each machine its own, and Docker one port a machine', async () => {
    const calls = await callsFor('$forwarded_ports = {8091 => 18091, 3000 => 13000}\n$expose_docker_tcp = 2375\n');
    const forwarded = (on(calls, 'core-03', 'network') as [string][]).filter(([type]) => type === 'forwarded_port');
    expect(forwarded).toEqual([
      ['forwarded_port', { guest: 2375, host: 2377, host_ip: '127.0.0.1' }],
      ['forwarded_port', { guest: 8091, host: 18093 }],
      ['forwarded_port', { guest: 3000, host: 13002 }],
    ]);
  });

  it('copies shared folders by rsync, never over NFS', async () => {
    const calls = await callsFor("$shared_folders = {'/srv/data' => '/home/core/data'}\n");
    expect(on(calls, 'core-01', 'synced_folder')).toEqual([
      ['/srv/data', '/home/core/data', { id: 'shared-0', type: 'rsync' }],
    ]);
  });

  it('writes serial logs beside itself when asked to, else where the lab keeps its logs', async () => {
    const [asked] = on(await callsFor('$enable_serial_logging = true\n'), 'core-01', 'serial');
    expect(asked).toEqual([
      { type: 'file', source: { path: expect.stringMatching(/checkout-\w+\/log\/core-01-serial\.txt$/) as string } },
    ]);
    const [usual] = on(await callsFor(''), 'core-01', 'serial');
    expect(usual).toEqual([{ type: 'file', source: { path: '/var/lib/coreos-lab/lab/log/core-01-serial.txt' } }]);
  });

  it('says once what does nothing here', async () => {
    const [recorded] = await recordVagrantfile(['$update_channel = "alpha"\n$share_home = true\n']);
    expect(recorded?.stderr.trim().split('\n')).toEqual([
      'note: config.rb:1: $update_channel: the OS image is built from Debian, lab.toml [images] suite chooses it.',
      "note: config.rb:2: $share_home: your home is not shared (it would hide the machine's own), name folders in $shared_folders.",
    ]);
  });
});
