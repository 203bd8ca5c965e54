import type { ContainerSubnet } from '../host/network/container-routes.ts';
import { readPrefix } from './etcd-range.ts';

const directory = '/coreos.com/network/subnets/';
/** On a host that is not slow. */
const requestDeadlineMs = 2_000;

/**
 * flannel's leases, read from the first of these etcd members that answers. The key is `.../10.1.37.0-24`, the value JSON
 * with the machine's `PublicIP` (flannel documentation, "etcd": subnet leases). Leases that are not of these addresses
 * are left out; so is everything when no member answers.
 * @param stretch how many times slower than usual the machines are (LabConfig.stretch)
 */
export async function containerSubnets(addresses: readonly string[], stretch: number): Promise<ContainerSubnet[]> {
  const leases = (await readPrefix(addresses, directory, requestDeadlineMs * stretch))?.pairs ?? [];
  return leases.flatMap(({ key, value }) => containerSubnet(key, value, addresses) ?? []);
}

/** Undefined for what is no lease of one of these machines. Pure. */
export function containerSubnet(key: string, value: string, addresses: readonly string[]): ContainerSubnet | undefined {
  const [, subnet, length] = /^([0-9.]+)-(\d+)$/.exec(key.slice(directory.length)) ?? [];
  const via = publicIp(value);
  if (subnet === undefined || length === undefined || via === undefined || !addresses.includes(via)) return undefined;
  return { cidr: `${subnet}/${length}`, via };
}

function publicIp(value: string): string | undefined {
  try {
    const { PublicIP } = JSON.parse(value) as { PublicIP?: unknown };
    return typeof PublicIP === 'string' ? PublicIP : undefined;
  } catch {
    return undefined;
  }
}
