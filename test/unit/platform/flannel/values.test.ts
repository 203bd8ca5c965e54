import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { linkOf, macOf } from '#platform/flannel/backend.ts';
import { runFlannel } from '#platform/flannel/daemon.ts';
import { readLease } from '#platform/flannel/lease-record.ts';
import { readNetworkConfig } from '#platform/flannel/network-config.ts';
import { readRoutes } from '#platform/flannel/routes.ts';
import { readNeighbours } from '#platform/flannel/vxlan.ts';

const prefix = '/coreos.com/network';
const sound = '{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}';

describe('the network configuration', () => {
  test.each([
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan"}}', { type: 'vxlan', vni: 1, port: 8472 }],
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan","VNI":7,"Port":4789}}', { type: 'vxlan', vni: 7, port: 4789 }],
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}', { type: 'host-gw' }],
  ])('%s', (json, backend) => {
    expect(readNetworkConfig(json, 'here').backend).toEqual(backend);
  });

  test.each([
    ['', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{}', 'Network is not a subnet'],
    ['{"Network":10}', 'Network is not a subnet'],
    ['{"Network":"10.1.0.1/16"}', 'Network is not a subnet'],
    ['{"Network":"10.1.0.0/16","SubnetLen":"24"}', 'SubnetLen must be a whole number'],
    ['{"Network":"10.1.0.0/16","SubnetLen":24.5}', 'SubnetLen must be a whole number'],
    ['{"Network":"10.1.0.0/16","SubnetLen":16}', 'SubnetLen must be a whole number from 17 to 30'],
    ['{"Network":"10.1.0.0/16","SubnetMin":"10.2.0.0"}', 'SubnetMin is not the address of a /24 inside 10.1.0.0/16'],
    ['{"Network":"10.1.0.0/16","SubnetMax":7}', 'SubnetMax'],
    ['{"Network":"10.1.0.0/16","Backend":"vxlan"}', 'Backend'],
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan","VNI":"1"}}', 'Backend.VNI'],
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan","VNI":16777216}}', 'Backend.VNI'],
    ['{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan","Port":0}}', 'Backend.Port'],
  ])('%s is refused', (json, cause) => {
    expect(() => readNetworkConfig(json, 'here')).toThrow(
      expect.objectContaining({
        code: 'config.flannel',
        message: expect.stringContaining(`here: ${cause}`) as unknown,
      }),
    );
  });

  test.each(['{"Network":"10.1.0.0/16"}', '{"Network":"10.1.0.0/16","Backend":{"Type":"gce"}}'])(
    '%s asks for a backend that is not built',
    (json) => {
      expect(() => readNetworkConfig(json, 'here')).toThrow(
        expect.objectContaining({ code: 'unbuilt.flannel-backend' }),
      );
    },
  );
});

describe('a lease', () => {
  const key = `${prefix}/subnets/10.1.5.0-24`;
  const read = (value: string) => {
    const bad: string[] = [];
    return { lease: readLease(prefix, { key, value }, (problem) => bad.push(problem)), bad };
  };

  test.each([
    ['{"PublicIP":"1.2.3.4","BackendType":"host-gw"}', undefined],
    ['{"PublicIP":"1.2.3.4"}', undefined],
    ['{"PublicIP":"1.2.3.4","BackendType":"host-gw","BackendData":null}', undefined],
    [
      '{"PublicIP":"1.2.3.4","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"0a:1B:2c:3d:4e:5f"}}',
      '0a:1B:2c:3d:4e:5f',
    ],
  ])('%s is one, of the real flanneld or of whoever reserves a subnet', (value, vtepMac) => {
    expect(read(value)).toMatchObject({ lease: { publicIp: '1.2.3.4', vtepMac }, bad: [] });
  });

  test.each([
    ['', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['[]', 'is no JSON object'],
    ['{"BackendType":"host-gw"}', 'PublicIP'],
    ['{"PublicIP":"core-01","BackendType":"host-gw"}', 'PublicIP is no IPv4 address'],
    ['{"PublicIP":"1.2.3.4","BackendType":7}', 'BackendType is no text'],
    ['{"PublicIP":"1.2.3.4","BackendType":"vxlan","BackendData":{"VtepMAC":"; reboot"}}', 'VtepMAC is no MAC address'],
    ['{"PublicIP":"1.2.3.4","BackendType":"vxlan","BackendData":{"VtepMAC":7}}', 'VtepMAC is no MAC address'],
  ])('%s is none', (value, problem) => {
    expect(read(value)).toEqual({ lease: undefined, bad: [expect.stringContaining(problem)] });
  });

  test.each([
    ['{"publicip":"1.2.3.4","backendType":"host-gw"}', []],
    ['{"PublicIP":"1.2.3.4","PublicIPv6":null,"BackendV6Data":null}', []],
    ['{"PublicIP":"1.2.3.4","BackendTyp":"host-gw"}', ['unknown key BackendTyp (did you mean BackendType?)']],
    ['{"PublicIP":"1.2.3.4","Owner":"me"}', ['unknown key Owner']],
  ])('%s is one, and what nobody knows in it is named', (value, named) => {
    expect(read(value)).toMatchObject({ lease: { publicIp: '1.2.3.4' }, bad: named });
  });

  test('of one without an address the name that was meant is said', () => {
    expect(read('{"PublicIPs":"1.2.3.4"}').bad).toEqual([
      'PublicIP is no IPv4 address; unknown key PublicIPs (did you mean PublicIP?)',
    ]);
  });

  test.each(['10.1.77.5-24', '10.1.77.0/24', '10.1.77.0_24', '10.1.77.0-33'])(
    'a key %s, which was meant for a subnet, is named',
    (name) => {
      const bad: string[] = [];
      const kv = { key: `${prefix}/subnets/${name}`, value: '{"PublicIP":"1.2.3.4"}' };
      expect(readLease(prefix, kv, (problem) => bad.push(problem))).toBeUndefined();
      expect(bad).toEqual(['the key names no subnet, as 10.1.5.0-24 does']);
    },
  );

  test('keys of others are passed over without a word', () => {
    const bad: string[] = [];
    const kv = { key: `${prefix}/subnets/fd00--48`, value: '{' };
    expect([readLease(prefix, kv, (problem) => bad.push(problem)), bad]).toEqual([undefined, []]);
  });
});

test.each([
  () => readRoutes('Error: JSON output not supported'),
  () => readRoutes('[{"gateway":"1.2.3.4"}]'),
  () => readNeighbours('{"dst":"1.2.3.4"}'),
  () => linkOf(async () => '[]', 'host0'),
  () => linkOf(async () => '[{"address":"0a:1b:2c:3d:4e:5f"}]', 'host0'),
  () => macOf(async () => '[{"mtu":1500}]', 'tun0'),
])('what ip does not say is no number made up: %s', async (read) => {
  await expect(Promise.resolve().then<unknown>(read)).rejects.toMatchObject({ code: 'command.output' });
});

test('flanneld waits for a configuration that it can use, and names what it leaves out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'flannel-'));
  const store = memoryStore();
  const stop = new AbortController();
  const lines: string[] = [];
  const commands: string[] = [];
  const run = async (command: string, args: readonly string[]) => {
    commands.push([command, ...args].join(' '));
    return args.includes('link') ? '[{"mtu":1400}]' : '';
  };
  await store.put(`${prefix}/config`, '{"Network":"10.1.0.0"}');
  await store.put(`${prefix}/subnets/10.1.7.0-24`, '{"PublicIP":"10.9.9.7","BackendType":"host-gw"}');
  await store.put(`${prefix}/subnets/10.1.8.0-24`, '{"PublicIP":"nowhere","BackendType":"host-gw"}');
  const options = {
    etcdEndpoints: [],
    etcdPrefix: prefix,
    iface: 'host0',
    publicIp: '10.9.9.101',
    ipMasq: false,
    subnetFile: join(directory, 'subnet.env'),
    defaultConfig: undefined,
  };
  const log = (line: string) => void lines.push(line);
  const daemon = runFlannel(options, { store, run, log, signal: stop.signal, env: {} });
  onTestFinished(async () => {
    stop.abort();
    await daemon;
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const complaints = () => lines.filter((line) => line.includes('Network is not a subnet'));
  await vi.waitFor(() => expect(complaints()).toHaveLength(1), 30_000);
  await store.put(`${prefix}/config`, sound);
  await vi.waitFor(() => expect(lines).toContain('ready'), 30_000);
  expect(complaints()).toHaveLength(1);
  expect(lines).toContain(`${prefix}/subnets/10.1.8.0-24 is left out: PublicIP is no IPv4 address`);
  expect(commands.filter((line) => line.startsWith('ip route'))).toEqual([
    'ip route replace 10.1.7.0/24 via 10.9.9.7 dev host0',
  ]);
});
