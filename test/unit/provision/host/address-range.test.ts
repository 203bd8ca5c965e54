import { describe, expect, it } from 'vitest';
import { route, routeTable, type Description } from './described-host.ts';
import { check } from './run-check.ts';
import { load } from '../config/config-directory.ts';

describe('address range', () => {
  const eth0 = { name: 'eth0', cidr: '192.0.2.2/24' };

  const arpTable = [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '172.17.0.2       0x1         0x2         02:42:ac:11:00:02     *        docker0',
    '172.17.8.3       0x1         0x2         02:42:ac:11:08:03     *        docker0',
    '172.17.8.4       0x1         0x0         00:00:00:00:00:00     *        docker0',
    '172.17.8.5       0x1         0x2         02:42:ac:11:08:05     *        eth0',
    'odd',
    '',
  ].join('\n');

  it.each<[string, Description, 'ok' | 'warn' | 'fail', RegExp]>([
    [
      "docker0's wider network",
      { interfaces: [eth0, { name: 'docker0', cidr: '172.17.0.1/16' }] },
      'warn',
      /172\.17\.0\.0\/16 on docker0 contains the lab's 172\.17\.8\.0\/24/,
    ],
    [
      'a container of the host in it',
      {
        interfaces: [eth0, { name: 'docker0', cidr: '172.17.0.1/16' }],
        files: { '/proc/net/arp': arpTable },
      },
      'warn',
      /those addresses are the lab's while it exists, and 172\.17\.8\.3 of the host cannot be reached meanwhile$/,
    ],
    ["libvirt's default network", { interfaces: [eth0, { name: 'virbr0', cidr: '192.168.122.1/24' }] }, 'ok', /free/],
    [
      "a VPN's wide route",
      { files: { '/proc/net/route': routeTable(route('tun0', '000010AC', '00000000', '0000F0FF')) } },
      'warn',
      /^172\.16\.0\.0\/12 on tun0 contains the lab's 172\.17\.8\.0\/24/,
    ],
    [
      "a VPN's two halves of a default route",
      {
        files: {
          '/proc/net/route': routeTable(
            route('tun0', '00000000', '0100080A', '00000080'),
            route('tun0', '00000080', '0100080A', '00000080'),
          ),
        },
      },
      'ok',
      /free/,
    ],
    [
      'the very network',
      { interfaces: [{ name: 'vboxnet0', cidr: '172.17.8.1/24' }] },
      'fail',
      /172\.17\.8\.0\/24 on vboxnet0 is inside/,
    ],
    ['a part of it', { interfaces: [{ name: 'wg0', cidr: '172.17.8.9/32' }] }, 'fail', /172\.17\.8\.9\/32 on wg0/],
    [
      "a part of flannel's",
      { interfaces: [{ name: 'eth1', cidr: '10.1.2.3/24' }] },
      'fail',
      /inside the lab's 10\.1\.0\.0\/16/,
    ],
    [
      'a wide private network',
      { interfaces: [{ name: 'tun0', cidr: '10.8.0.2/8' }] },
      'warn',
      /10\.0\.0\.0\/8 on tun0 contains the lab's 10\.1/,
    ],
    ['its own link', { interfaces: [{ name: 'lab-lab', cidr: '172.17.8.254/24' }] }, 'ok', /are free/],
    ["another lab's link", { interfaces: [{ name: 'lab-two', cidr: '172.17.8.254/24' }] }, 'warn', /another lab, two/],
    [
      "another lab's containers behind its machines",
      {
        interfaces: [{ name: 'lab-two', cidr: '172.17.8.254/24' }],
        files: {
          '/proc/net/route': routeTable(
            route('lab-two', '0001010A', '650811AC', '00FFFFFF'),
            route('lab-two', '0002010A', '660811AC', '00FFFFFF'),
          ),
        },
      },
      'warn',
      /^another lab, two, is up in 172\.17\.8\.0\/24: [^;]+; another lab, two, is up in 10\.1\.0\.0\/16: [^;]+$/,
    ],
    [
      'a route',
      { files: { '/proc/net/route': routeTable(route('tun1', '000811AC', '00000000', '00FFFFFF')) } },
      'fail',
      /172\.17\.8\.0\/24 on tun1/,
    ],
    [
      'its own fence',
      { files: { '/proc/net/route': routeTable(route('*', '000811AC', '00000000', '00FFFFFF')) } },
      'ok',
      /free/,
    ],
    [
      'a gateway',
      { files: { '/proc/net/route': routeTable(route('eth0', '00000000', '010811AC', '00000000')) } },
      'fail',
      /gateway 172\.17\.8\.1\/32/,
    ],
  ])('%s', async (_, changes, status, detail) => {
    const found = await check('address-range', changes);
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    if (status !== 'ok') expect(found.fix).toContain('lab.toml');
  });

  it("sees libvirt's network where the lab was moved into it", async () => {
    const moved = load({
      toml: '[network]\nrange = "192.168.122.0/24"\nbridge = "192.168.122.2"\nfirst_machine = "192.168.122.101"\nhost = "192.168.122.254"',
    });
    const found = await check('address-range', { interfaces: [{ name: 'virbr0', cidr: '192.168.122.1/24' }] }, moved);
    expect(found).toMatchObject({ status: 'fail', detail: expect.stringContaining('on virbr0') as string });
  });

  it('follows a range that was moved', async () => {
    const moved = load({
      toml: '[network]\nrange = "192.0.2.0/24"\nbridge = "192.0.2.1"\nfirst_machine = "192.0.2.101"\nhost = "192.0.2.254"',
    });
    expect(await check('address-range', {}, moved)).toMatchObject({ status: 'fail' });
  });
});
