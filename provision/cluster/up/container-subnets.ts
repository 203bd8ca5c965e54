import { isEtcdAway } from '#platform/etcd/etcd-failure.ts';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { flannelKeys, readFlannelLease } from '#platform/etcd/keys/flannel-keys.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { KeyValue } from '#platform/etcd/store.ts';
import type { ContainerSubnet } from '../../host/network/container-routes.ts';

/** For each member, on a host that is not slow. */
const requestDeadlineMs = 2_000;

/**
 * The containers' networks of the machines at these addresses, by flannel's leases in etcd. Leases that are not of these
 * addresses are left out; so is everything when no member answers.
 * @param stretch how many times slower than usual the machines are (LabConfig.stretch)
 * @throws LabError `internal.etcd` when etcd refuses the question itself
 */
export async function containerSubnets(addresses: readonly string[], stretch: number): Promise<ContainerSubnet[]> {
  const store = gatewayStore({
    endpoints: addresses.map((address) => memberUrl(address)),
    timeoutMs: requestDeadlineMs * stretch,
  });
  try {
    const { items } = await store.list(flannelKeys().subnets);
    return items.flatMap((pair) => containerSubnet(pair, addresses) ?? []);
  } catch (error) {
    if (isEtcdAway(error)) return [];
    throw error;
  } finally {
    await store.close();
  }
}

/** Undefined for what is no lease of one of these machines. Pure. */
export function containerSubnet(
  pair: Pick<KeyValue, 'key' | 'value'>,
  addresses: readonly string[],
): ContainerSubnet | undefined {
  const lease = readFlannelLease(flannelKeys(), pair);
  return lease !== undefined && addresses.includes(lease.publicIp)
    ? { cidr: lease.cidr, via: lease.publicIp }
    : undefined;
}
