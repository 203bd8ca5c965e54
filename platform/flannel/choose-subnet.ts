import { LabError } from '#errors/lab-error.ts';
import { flannelKeys } from '../etcd/keys/flannel-keys.ts';
import { addressOf, contains, size, subnetText, type Subnet } from './ipv4.ts';
import type { NetworkConfig } from './network-config.ts';

/**
 * The subnet this machine should have. Pure. In this order: one that is reserved for its address (of several the one it had before, or
 * the first), the one leased to its address already (it was here before, also across a reboot), the one it had before if free, the one its number suggests if free (172.17.8.101 -> the first, 10.1.1.0/24), the first
 * free one. Throws `state.flannel-full` when none is left.
 */
export function chooseSubnet(
  config: NetworkConfig,
  leases: readonly { subnet: Subnet; publicIp?: string | undefined; reserved?: boolean }[],
  publicIp: string,
  previous: Subnet | undefined,
): Subnet {
  const taken = new Set(leases.map((lease) => lease.subnet.base));
  const free = (base: number) => allowed(config, { base, length: config.subnetLength }) && !taken.has(base);
  const own = leases.filter((lease) => lease.publicIp === publicIp && allowed(config, lease.subnet));
  const reserved = own.filter((lease) => lease.reserved === true);
  const mine = reserved.find((lease) => lease.subnet.base === previous?.base) ?? reserved[0] ?? own[0];
  if (mine) return mine.subnet;
  if (previous && allowed(config, previous) && free(previous.base)) return previous;

  const step = size(config.subnetLength);
  const preferred = config.network.base + machineNumber(publicIp) * step;
  if (free(preferred)) return { base: preferred, length: config.subnetLength };
  for (let base = config.first; base <= config.last; base += step) {
    if (free(base)) return { base, length: config.subnetLength };
  }
  throw new LabError({
    code: 'state.flannel-full',
    cause: `every /${config.subnetLength} of ${subnetText(config.network)} is leased (${leases.length} leases)`,
    next: `etcdctl ls ${flannelKeys().subnets.slice(0, -1)}`,
  });
}

function allowed(config: NetworkConfig, subnet: Subnet): boolean {
  return (
    subnet.length === config.subnetLength &&
    contains(config.network, subnet) &&
    subnet.base >= config.first &&
    subnet.base <= config.last
  );
}

/** core-0N has the address …10N. Others get a number that is out of range or taken sooner or later, and the first free one then. */
function machineNumber(publicIp: string): number {
  const lastByte = (addressOf(publicIp) ?? 0) % 256;
  return lastByte > 100 ? lastByte - 100 : lastByte;
}
