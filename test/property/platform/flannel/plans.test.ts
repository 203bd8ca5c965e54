import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSubnet } from '#platform/flannel/choose-subnet.ts';
import { addressOf, addressText, subnetOf, subnetText } from '#platform/flannel/ipv4.ts';
import { defaultFlannelPrefix, writeFlannelLease } from '#platform/etcd/keys/flannel-keys.ts';
import { leaseKey, readLease, type SubnetLease } from '#platform/flannel/lease-record.ts';
import { readNetworkConfig } from '#platform/flannel/network-config.ts';
import { planRoutes, type Route } from '#platform/flannel/routes.ts';
import { renderSubnetFile, subnetInFile } from '#platform/flannel/subnet-file.ts';

const config = readNetworkConfig('{"Network":"10.1.0.0/16","SubnetLen":24,"Backend":{"Type":"host-gw"}}', 'test');
const subnet = fc.integer({ min: 0, max: 255 }).map((n) => subnetOf(`10.1.${n}.0/24`)!);
const address = fc.integer({ min: 1, max: 250 }).map((n) => `172.17.8.${n}`);
const lease: fc.Arbitrary<SubnetLease> = fc.record({
  subnet,
  publicIp: address,
  backend: fc.constantFrom('host-gw', 'host-gw', 'vxlan'),
  vtepMac: fc.constant(undefined),
});
const leases = fc.uniqueArray(lease, { selector: (entry) => entry.subnet.base, maxLength: 12 });

describe('chooseSubnet', () => {
  test('never takes what another has, stays inside, and is stable once leased', () => {
    fc.assert(
      fc.property(leases, address, fc.option(subnet, { nil: undefined }), (taken, publicIp, previous) => {
        const chosen = chooseSubnet(config, taken, publicIp, previous);
        expect(chosen.base).toBeGreaterThanOrEqual(addressOf('10.1.1.0')!);
        expect(chosen.base).toBeLessThanOrEqual(addressOf('10.1.255.0')!);
        const holder = taken.find((entry) => entry.subnet.base === chosen.base);
        expect(holder === undefined || holder.publicIp === publicIp).toBe(true);
        const after = [...taken.filter((entry) => entry !== holder), { ...lease, subnet: chosen, publicIp }];
        const others = after.filter((entry) => entry.publicIp === publicIp);
        if (others.length === 1) expect(chooseSubnet(config, after, publicIp, undefined)).toEqual(chosen);
      }),
    );
  });

  test('the three machines get 10.1.1.0 to 10.1.3.0 in any order of coming', () => {
    for (const order of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ]) {
      // prettier-ignore
      const taken: { subnet: ReturnType<typeof subnetOf> & object; publicIp: string }[] = [];
      for (const n of order) {
        const chosen = chooseSubnet(config, taken, `172.17.8.10${n}`, undefined);
        expect(subnetText(chosen)).toBe(`10.1.${n}.0/24`);
        taken.push({ subnet: chosen, publicIp: `172.17.8.10${n}` });
      }
    }
  });

  test('all taken: says so', () => {
    const all = Array.from({ length: 255 }, (_, i) => ({
      subnet: subnetOf(`10.1.${i + 1}.0/24`)!,
      publicIp: '9.9.9.9',
    }));
    expect(() => chooseSubnet(config, all, '172.17.8.101', undefined)).toThrow('every /24 of 10.1.0.0/16 is leased');
  });
});

/** What `ip` would do, on a list of routes. */
function perform(routes: readonly Route[], commands: string[][]): Route[] {
  const table = new Map(routes.map((route) => [subnetText(route.destination), route.via]));
  for (const [, verb, destination = '', , via = ''] of commands) {
    if (verb === 'del') table.delete(destination);
    else table.set(destination, via);
  }
  return [...table].map(([text, via]) => ({ destination: subnetOf(text)!, via }));
}

test('planRoutes reaches the wanted table from any other in one go, touches nothing else, and is then quiet', () => {
  const route: fc.Arbitrary<Route> = fc.record({
    destination: fc.oneof(
      subnet,
      fc.constantFrom(subnetOf('192.168.0.0/24')!, subnetOf('0.0.0.0/0')!, subnetOf('10.1.0.0/16')!),
    ),
    via: address,
  });
  const tables = fc.uniqueArray(route, { selector: (entry) => subnetText(entry.destination), maxLength: 12 });
  fc.assert(
    fc.property(subnet, leases, tables, (own, wanted, current) => {
      const plan = planRoutes(config, own, wanted, current, (via) => ['via', via, 'dev', 'host0']);
      const after = perform(current, plan);
      const inside = (entry: Route) => entry.destination.length === 24 && subnetText(entry.destination).startsWith('10.1.');
      expect(after.filter((entry) => !inside(entry))).toEqual(current.filter((entry) => !inside(entry)));
      const expected = wanted.filter((entry) => entry.backend === 'host-gw' && entry.subnet.base !== own.base);
      expect(after.filter(inside).map((entry) => `${subnetText(entry.destination)} ${entry.via}`).sort()).toEqual(
        expected.map((entry) => `${subnetText(entry.subnet)} ${entry.publicIp}`).sort(),
      );
      expect(planRoutes(config, own, wanted, after, (via) => ['via', via])).toEqual([]);
    }),
  ); // prettier-ignore
});

test('addresses, lease records and the subnet file read back as written; other text is refused, not thrown on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), subnet, address, (number, own, publicIp) => {
      expect(addressOf(addressText(number))).toBe(number);
      const key = leaseKey(defaultFlannelPrefix, own);
      const value = writeFlannelLease({ publicIp, backend: 'host-gw', vtepMac: undefined });
      expect(readLease(defaultFlannelPrefix, { key, value })).toMatchObject({ subnet: own, publicIp });
      const file = renderSubnetFile({ network: config.network, subnet: own, mtu: 1500, ipMasq: true });
      expect(subnetInFile(file)).toEqual(own);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (noise) => {
      expect(readLease('/p', { key: `/p/subnets/${noise}`, value: noise })).toBeUndefined();
      expect(readLease('/p', { key: '/p/subnets/10.1.1.0-24', value: noise })).toBeUndefined();
      expect(subnetInFile(noise)).toBeUndefined();
      expect(() => readNetworkConfig(noise, 'x')).toThrow();
    }),
  );
});
