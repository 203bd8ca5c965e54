import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestSegment, type Daemon } from './test-segment.ts';
const soon = { timeout: 30_000, interval: 50 };
let segment: TestSegment;
beforeEach(async () => {
  segment = new TestSegment();
  await segment.setUp();
});
afterEach(() => segment.tearDown());

const config = (type: string) => `{"Network":"10.201.0.0/16","SubnetLen":24,"Backend":{"Type":"${type}"}}`;
const ready = (...daemons: Daemon[]) =>
  vi.waitFor(() => daemons.forEach((daemon) => expect(daemon.output).toContain('ready\n')), soon);
const routes = (n: number, device: string) =>
  segment
    .in(`m${n}`, 'ip', '-4', 'route', 'show', 'dev', device)
    .split('\n')
    .filter((line) => line.startsWith('10.201.'))
    .map((line) => line.trim())
    .sort();
describe.skipIf(process.getuid?.() !== 0)('flanneld on three machines (needs root)', () => {
  test('host-gw: leases, file, routes, masquerading, leaving and coming back', async () => {
    const first = segment.flanneld(1, '--default-config', config('host-gw'), '--ip-masq');
    await vi.waitFor(() => expect(first.output).toMatch(/waiting for etcd .*\(\d+ s\): cannot connect to etcd/), soon);
    expect(segment.subnetEnv(1)).toBe('');
    segment.startEtcd();
    const second = segment.flanneld(2);
    const third = segment.flanneld(3);
    await ready(first, second, third);

    expect(segment.subnetEnv(1)).toBe(
      'FLANNEL_NETWORK=10.201.0.0/16\nFLANNEL_SUBNET=10.201.1.1/24\nFLANNEL_MTU=1500\nFLANNEL_IPMASQ=true\n',
    );
    expect(segment.etcdctl('ls', '/coreos.com/network/subnets').trim().split('\n')).toEqual(
      [1, 2, 3].map((n) => `/coreos.com/network/subnets/10.201.${n}.0-24`),
    );
    expect(JSON.parse(segment.etcdctl('get', '/coreos.com/network/subnets/10.201.2.0-24'))).toEqual(
      { PublicIP: '198.18.5.102', BackendType: 'host-gw' }, // prettier-ignore
    );
    await vi.waitFor(() => {
      expect(routes(1, 'host0')).toEqual(['10.201.2.0/24 via 198.18.5.102', '10.201.3.0/24 via 198.18.5.103']);
      expect(routes(3, 'host0')).toEqual(['10.201.1.0/24 via 198.18.5.101', '10.201.2.0/24 via 198.18.5.102']);
    }, soon);
    await Promise.all([1, 2, 3].map((n) => segment.addContainer(n)));
    expect(segment.callerSeen(1, 3)).toBe('10.201.1.1');
    expect(segment.callerSeen(2, 1)).toBe('10.201.2.1');

    expect(await third.stop()).toBe(0);
    expect(routes(3, 'host0')).toHaveLength(2); // containers keep talking
    segment.etcdctl('rm', '/coreos.com/network/subnets/10.201.3.0-24');
    await vi.waitFor(() => expect(routes(1, 'host0')).toEqual(['10.201.2.0/24 via 198.18.5.102']), soon);

    expect(await first.stop()).toBe(0);
    rmSync(segment.subnetFile(1)); // /run is empty after a reboot
    const again = segment.flanneld(1, '--ip-masq');
    await ready(again);
    expect(segment.subnetEnv(1)).toContain('FLANNEL_SUBNET=10.201.1.1/24\n');
    const rules = segment.in('m1', 'iptables', '-t', 'nat', '-S', 'POSTROUTING');
    expect(rules.match(/-j RETURN/g)).toHaveLength(1);
    expect(rules.match(/-s 10\.201\.1\.0\/24 ! -d 10\.201\.0\.0\/16 .*-j MASQUERADE/g)).toHaveLength(1);
  });

  test('vxlan: the same by tunnels', async () => {
    segment.startEtcd();
    const all = [1, 2, 3].map((n) => segment.flanneld(n, '--default-config', config('vxlan')));
    await ready(...all);
    await vi.waitFor(() => {
      for (const n of [1, 2, 3]) expect(routes(n, 'flannel.1')).toHaveLength(2);
    }, soon);
    expect(segment.subnetEnv(2)).toContain('FLANNEL_MTU=1450\n');
    expect(routes(1, 'flannel.1')[0]).toBe('10.201.2.0/24 via 10.201.2.0 onlink');
    await Promise.all([1, 2, 3].map((n) => segment.addContainer(n)));
    expect(segment.callerSeen(1, 3)).toBe('10.201.1.1');
    expect(segment.callerSeen(2, 3)).toBe('10.201.2.1');
    await all[2]!.stop();
    segment.etcdctl('rm', '/coreos.com/network/subnets/10.201.3.0-24');
    await vi.waitFor(
      () => expect(segment.in('m1', 'ip', 'neigh', 'show', 'dev', 'flannel.1')).not.toContain('10.201.3.0'),
      soon,
    );
    expect(segment.callerSeen(1, 2)).toBe('10.201.1.1');
  });

  test('the lease is taken away: leased again at once; somebody else has the subnet: it ends', async () => {
    segment.startEtcd();
    const daemon = segment.flanneld(1, '--default-config', config('host-gw'));
    await ready(daemon);
    const key = '/coreos.com/network/subnets/10.201.1.0-24';
    segment.etcdctl('rm', key);
    await vi.waitFor(() => expect(segment.etcdctl('get', key)).toContain('198.18.5.101'), soon);
    segment.etcdctl('set', key, '{"PublicIP":"198.18.5.99","BackendType":"host-gw"}');
    await vi.waitFor(() => expect(daemon.child.exitCode).toBe(74), soon);
    expect(daemon.output).toContain('10.201.1.0/24 was leased to another machine meanwhile');
  });

  test('a reservation stays one: made while it runs, over a restart, and written beforehand for the address', async () => {
    segment.startEtcd();
    const first = segment.flanneld(1, '--default-config', config('host-gw'));
    const second = segment.flanneld(2);
    await ready(first, second);
    const key = (n: number) => `/coreos.com/network/subnets/10.201.${n}.0-24`;
    const ttl = (n: number) => /^TTL: (\d+)$/m.exec(segment.etcdctl('-o', 'extended', 'get', key(n)))?.[1];
    const indexOf = (n: number) =>
      /^Modified-Index: (\d+)$/m.exec(segment.etcdctl('-o', 'extended', 'get', key(n)))?.[1];

    segment.etcdctl('update', '--ttl', '0', key(1), segment.etcdctl('get', key(1)).trim());
    await vi.waitFor(() => expect(first.output).toContain('10.201.1.0/24 is reserved, and stays'), soon);
    expect(ttl(1)).toBe('0');
    expect(first.child.exitCode).toBe(null);
    await vi.waitFor(() => expect(routes(2, 'host0')).toEqual(['10.201.1.0/24 via 198.18.5.101']), soon);

    const index = indexOf(1);
    expect(await first.stop()).toBe(0);
    rmSync(segment.subnetFile(1));
    const again = segment.flanneld(1);
    await ready(again);
    expect(again.output).toContain('reserved: 10.201.1.0/24 for 198.18.5.101');
    expect([ttl(1), indexOf(1)]).toEqual(['0', index]);
    segment.etcdctl('rm', key(1));
    await vi.waitFor(() => expect(Number(ttl(1))).toBeGreaterThan(0), soon);
    expect(again.child.exitCode).toBe(null);

    // The machine's own lease goes when another subnet is reserved for it; somebody else's reservation is respected.
    segment.etcdctl('set', key(77), '{"PublicIP":"198.18.5.102","BackendType":"vxlan"}');
    segment.etcdctl('set', key(3), '{"PublicIP":"198.18.5.9","BackendType":"host-gw"}');
    segment.etcdctl('set', key(4), '{"PublicIp":"198.18.5.103"');
    expect(await second.stop()).toBe(0);
    await ready(segment.flanneld(2));
    // Its former subnet is free from here on.
    await ready(segment.flanneld(3));
    expect(segment.subnetEnv(2)).toContain('FLANNEL_SUBNET=10.201.77.1/24\n');
    expect(ttl(77)).toBe('0');
    expect(JSON.parse(segment.etcdctl('get', key(77)))).toEqual({ PublicIP: '198.18.5.102', BackendType: 'host-gw' });
    expect(segment.subnetEnv(3)).toContain('FLANNEL_SUBNET=10.201.2.1/24\n');
    await vi.waitFor(() => expect(routes(1, 'host0')).toContain('10.201.77.0/24 via 198.18.5.102'), soon);
  });

  test('a configuration that cannot be meant ends it with the reason', async () => {
    segment.startEtcd();
    const daemon = segment.flanneld(1, '--default-config', '{"Network":"10.201.0.0/16","Backend":{"Type":"gce"}}');
    await vi.waitFor(() => expect(daemon.child.exitCode).toBe(79), soon);
    expect(daemon.output).toContain('Backend.Type "gce" is not built');
  });
});
