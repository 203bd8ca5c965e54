import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { flannelKeys, readFlannelLease } from '#platform/etcd/keys/flannel-keys.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { watchKeys } from './key-watch.ts';
import { startLooking } from './looker.ts';

/** Without any change a look is taken this often, ms: a lease changes once in a machine's life. */
const lookEveryMs = 2_000;
const requestDeadlineMs = 800;

/** A container network that flannel has leased, or that nobody has any more. */
export type LeaseChange =
  | { readonly type: 'lease-set'; readonly data: Lease & { readonly initial?: boolean } }
  | { readonly type: 'lease-gone'; readonly data: Lease };

interface Lease {
  /** `10.1.5.0/24` */
  readonly subnet: string;
  /** The machine's name, or its address when the lab has none there. */
  readonly machine: string;
}

/**
 * Follows flannel's leases. While no member of etcd answers, nothing is told.
 * @returns how to end it, once the first look is over
 */
export async function watchLeases(
  { machines, stretch }: Pick<LabConfig, 'machines' | 'stretch'>,
  onChange: (change: LeaseChange) => void,
): Promise<() => Promise<void>> {
  const addresses = machines.map(({ address }) => address);
  const endpoints = addresses.map((address) => memberUrl(address));
  const store = gatewayStore({ endpoints, timeoutMs: requestDeadlineMs * stretch });
  const keys = flannelKeys();
  let before: ReadonlyMap<string, string> | undefined;
  const takeLook = async (): Promise<void> => {
    const { items } = await store.list(keys.subnets);
    const leases = items.flatMap((pair) => readFlannelLease(keys, pair) ?? []);
    const names = leases.map(({ cidr, publicIp }): [string, string] => [
      cidr,
      machines.find(({ address }) => address === publicIp)?.name ?? publicIp,
    ]);
    const now = new Map(names);
    for (const change of leaseChanges(before, now)) onChange(change);
    before = now;
  };
  const looker = startLooking({
    takeLook,
    atLeastEveryMs: lookEveryMs * stretch,
    // Whoever follows the cluster says that nobody answers.
    onFailure: () => undefined,
    onRecovery: () => undefined,
  });
  const watch = watchKeys(addresses, [keys.subnets], looker.wake);
  await looker.first;
  return async () => {
    watch.stop();
    await looker.stop();
    await store.close();
  };
}

/**
 * What changed between two looks at the leases, from subnet to machine. Pure.
 * @param before undefined at the first look: what is there did not happen now
 */
export function leaseChanges(
  before: ReadonlyMap<string, string> | undefined,
  now: ReadonlyMap<string, string>,
): LeaseChange[] {
  const old = before ?? new Map<string, string>();
  const gone = [...old]
    .filter(([subnet, machine]) => now.get(subnet) !== machine)
    .map(([subnet, machine]): LeaseChange => ({ type: 'lease-gone', data: { subnet, machine } }));
  const set = [...now]
    .filter(([subnet, machine]) => old.get(subnet) !== machine)
    .map(([subnet, machine]): LeaseChange => {
      const mark = before === undefined ? { initial: true } : {};
      return { type: 'lease-set', data: { subnet, machine, ...mark } };
    });
  return [...gone, ...set];
}
