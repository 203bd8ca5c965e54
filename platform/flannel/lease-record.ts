import {
  type FlannelLease,
  flannelKeys,
  leasedCidr,
  type OddLease,
  readFlannelLease,
} from '../etcd/keys/flannel-keys.ts';
import type { KeyValue } from '../etcd/store.ts';
import { subnetOf, subnetText, type Subnet } from './ipv4.ts';

/** One machine's lease, with its subnet as numbers. */
export interface SubnetLease extends FlannelLease {
  readonly subnet: Subnet;
}

/** The key that a lease of this subnet has. Pure. */
export function leaseKey(prefix: string, subnet: Subnet): string {
  return flannelKeys(prefix).lease(subnetText(subnet));
}

/** undefined for a key that names no IPv4 subnet. */
export function subnetInKey(prefix: string, key: string): Subnet | undefined {
  const cidr = leasedCidr(flannelKeys(prefix), key);
  return cidr === undefined ? undefined : subnetOf(cidr);
}

/**
 * undefined for keys and values that are no lease of an IPv4 subnet: somebody else's, left alone.
 * @param onOdd as in `readFlannelLease`
 */
export function readLease(
  prefix: string,
  kv: Pick<KeyValue, 'key' | 'value'>,
  onOdd?: OddLease,
): SubnetLease | undefined {
  const lease = readFlannelLease(flannelKeys(prefix), kv, onOdd);
  if (lease === undefined) return undefined;
  const { cidr, ...record } = lease;
  const subnet = subnetOf(cidr);
  return subnet && { subnet, ...record };
}
