import { expect, it } from 'vitest';
import { flannelKeys, writeFlannelLease } from '#platform/etcd/keys/flannel-keys.ts';
import { containerSubnet } from '#provision/cluster/up/container-subnets.ts';

const { subnets } = flannelKeys();
const lease = writeFlannelLease({ publicIp: '192.0.2.11', backend: 'host-gw', vtepMac: undefined });
const read = (name: string, value: string) => containerSubnet({ key: `${subnets}${name}`, value }, ['192.0.2.11']);

it("reads a machine's subnet from flannel's lease", () => {
  expect(read('10.1.37.0-24', lease)).toEqual({ cidr: '10.1.37.0/24', via: '192.0.2.11' });
});

it('leaves out what is no lease of this lab', () => {
  expect(read('10.1.37.0-24', lease.replace('.11', '.12'))).toBeUndefined();
  for (const key of ['', '10.1.37.0', 'x-24', '10.1.37.0-', '10.1.37.1-24']) expect(read(key, lease)).toBeUndefined();
  for (const value of ['', '{}', 'null]', '{"PublicIP":7}']) expect(read('10.1.37.0-24', value)).toBeUndefined();
});
