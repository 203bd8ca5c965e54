import type { ContainerSubnet } from '../host/network/container-routes.ts';

const directory = '/coreos.com/network/subnets/';
const requestDeadlineMs = 2_000;

/**
 * flannel's leases, read from the first of these etcd members that answers. The key is `.../10.1.37.0-24`, the value JSON
 * with the machine's `PublicIP` (flannel documentation, "etcd": subnet leases). Leases that are not of these addresses
 * are left out; so is everything when no member answers.
 */
export async function containerSubnets(addresses: readonly string[]): Promise<ContainerSubnet[]> {
  const end = `${directory.slice(0, -1)}0`;
  const body = JSON.stringify({ key: base64(directory), range_end: base64(end) });
  for (const address of addresses) {
    const request = { method: 'POST', body, signal: AbortSignal.timeout(requestDeadlineMs) };
    const response = await fetch(`http://${address}:2379/v3/kv/range`, request).catch(() => undefined);
    if (response?.ok !== true) continue;
    const { kvs = [] } = (await response.json()) as { kvs?: { key: string; value?: string }[] };
    return kvs.flatMap(({ key, value }) => containerSubnet(plain(key), plain(value ?? ''), addresses) ?? []);
  }
  return [];
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

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function plain(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
