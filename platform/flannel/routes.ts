import * as z from 'zod/mini';
import { addressText, contains, subnetOf, subnetText, type Subnet } from './ipv4.ts';
import type { SubnetLease } from './lease-record.ts';
import type { NetworkConfig } from './network-config.ts';
import { readRows } from './run-command.ts';

export interface Route {
  readonly destination: Subnet;
  readonly via: string;
}

/**
 * The `ip` commands that turn the routes there are into the routes the leases want: one for each other machine's subnet. Pure. Routes
 * that are no machine's subnet, or have no gateway (the bridge's own, `unreachable` fences), are never touched.
 */
export function planRoutes(
  config: NetworkConfig,
  own: Subnet,
  leases: readonly SubnetLease[],
  current: readonly Route[],
  routeArgs: (via: string) => string[],
): string[][] {
  const wanted = new Map<number, string>();
  for (const lease of leases) {
    const isOther = lease.backend === config.backend.type && lease.subnet.base !== own.base;
    if (isOther && isMachineSubnet(config, lease.subnet)) wanted.set(lease.subnet.base, gatewayOf(config, lease));
  }
  const removals = current.filter(
    (route) => isMachineSubnet(config, route.destination) && wanted.get(route.destination.base) !== route.via,
  );
  const present = new Set(current.map((route) => `${subnetText(route.destination)} ${route.via}`));
  const additions = [...wanted].flatMap(([base, via]) => {
    const text = subnetText({ base, length: config.subnetLength });
    return present.has(`${text} ${via}`) ? [] : [['route', 'replace', text, ...routeArgs(via)]];
  });
  return [
    // A replaced gateway needs no removal first: traffic would be lost in between.
    ...removals
      .filter((route) => !wanted.has(route.destination.base))
      .map((route) => ['route', 'del', subnetText(route.destination), 'via', route.via]),
    ...additions,
  ];
}

/** host-gw: the machine itself. vxlan: the .0 of its subnet, which is its flannel interface's address, as flannel does it. */
function gatewayOf(config: NetworkConfig, lease: SubnetLease): string {
  return config.backend.type === 'host-gw' ? lease.publicIp : addressText(lease.subnet.base);
}

const routeRow = z.object({ dst: z.string(), gateway: z.optional(z.string()) });

/** `ip -j -4 route show dev IFACE` -> routes with a gateway. */
export function readRoutes(json: string): Route[] {
  return readRows(json, routeRow).flatMap(({ dst, gateway }) => {
    const destination = subnetOf(dst);
    return destination && gateway !== undefined ? [{ destination, via: gateway }] : [];
  });
}

function isMachineSubnet(config: NetworkConfig, subnet: Subnet): boolean {
  return subnet.length === config.subnetLength && contains(config.network, subnet);
}
