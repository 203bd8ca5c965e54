import { expect, it } from 'vitest';
import { containerSubnet } from '../../../../provision/cluster/container-subnets.ts';

const directory = '/coreos.com/network/subnets/';
const lease = JSON.stringify({ PublicIP: '192.0.2.11', BackendType: 'host-gw' });
const read = (key: string, value: string) => containerSubnet(`${directory}${key}`, value, ['192.0.2.11']);

it("reads a machine's subnet from flannel's lease", () => {
  expect(read('10.1.37.0-24', lease)).toEqual({ cidr: '10.1.37.0/24', via: '192.0.2.11' });
});

it('leaves out what is no lease of this lab', () => {
  expect(read('10.1.37.0-24', lease.replace('.11', '.12'))).toBeUndefined();
  for (const key of ['', '10.1.37.0', 'x-24', '10.1.37.0-']) expect(read(key, lease)).toBeUndefined();
  for (const value of ['', '{}', 'null]', '{"PublicIP":7}']) expect(read('10.1.37.0-24', value)).toBeUndefined();
});
