import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { servicesPrefix } from '#platform/etcd/keys/service-keys.ts';
import type { EtcdStore, KeyValue } from '#platform/etcd/store.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';
import type { LeaseLeft, Unstamped } from '../moment/seen.ts';

const { machines: machinesPrefix } = fleetKeys();
/** Leases that are asked about at one look: a reader may announce more than anybody wants to see run down. */
const mostLeases = 40;

/**
 * Asks etcd what is left of the leases behind the discovery keys and the machines' presence, and tells it.
 * @throws LabError `timeout.etcd` when no member answers, or none leads
 */
export async function lookAtLeases(args: {
  readonly store: Pick<EtcdStore, 'list' | 'leaseTtl'>;
  readonly machines: readonly Pick<MachineConfig, 'name' | 'address'>[];
  readonly tell: (seen: Unstamped) => void;
}): Promise<void> {
  const { store, machines, tell } = args;
  const [services, present] = await Promise.all([store.list(servicesPrefix), store.list(machinesPrefix)]);
  const objects = present.items.flatMap((item) => {
    const name = machines.find(({ address }) => item.value.includes(`"${address}"`))?.name;
    return name === undefined || !item.key.endsWith('/object') ? [] : [{ item, name }];
  });
  const hanging = [...services.items, ...objects.map(({ item }) => item)].filter(({ lease }) => lease !== '0');
  const leases = [...new Set(hanging.map(({ lease }) => lease))].slice(0, mostLeases);
  const left = new Map(
    await Promise.all(
      leases.map(async (lease): Promise<[string, LeaseLeft]> => {
        const { granted, remaining } = await store.leaseTtl(lease);
        // etcd rounds down: on average half a second more is left.
        const leftMs = remaining < 0 ? 0 : Math.min(granted, remaining + 0.5) * 1_000;
        return [lease, { leftMs, grantedMs: granted * 1_000 }];
      }),
    ),
  );
  const known = (named: readonly { readonly name: string; readonly item: KeyValue }[]): Record<string, LeaseLeft> =>
    Object.fromEntries(
      named.flatMap(({ name, item }) => {
        const lease = left.get(item.lease);
        return lease === undefined ? [] : [[name, lease]];
      }),
    );
  const keys = known(services.items.map((item) => ({ name: item.key, item })));
  tell({ type: 'leases-left', data: { keys, presence: known(objects) } });
}
