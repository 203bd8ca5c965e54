import { flannelKeys, subnetLeaseSeconds, writeFlannelLease } from '../etcd/keys/flannel-keys.ts';
import type { EtcdStore, KeyValue, Lease, Write } from '../etcd/store.ts';
import { chooseSubnet } from './choose-subnet.ts';
import type { Subnet } from './ipv4.ts';
import { leaseKey, readLease, subnetInKey } from './lease-record.ts';
import type { NetworkConfig } from './network-config.ts';

/** A subnet that is the machine's own. */
export interface HeldSubnet {
  readonly subnet: Subnet;
  readonly key: string;
  /** Absent for a reservation: a key of the machine's address without a time to live, which stays so. */
  readonly lease?: Lease;
}

interface Wish {
  readonly prefix: string;
  readonly config: NetworkConfig;
  readonly publicIp: string;
  readonly previous: Subnet | undefined;
  readonly vtepMac?: string;
}

/**
 * Takes a subnet: the one that is reserved for the machine's address (flannel documentation "Leases and Reservations"), else one that
 * is chosen and leased, its key created or taken over in one transaction; when somebody was faster, again.
 * The etcd lease renews itself. Throws `state.flannel-full`, or `timeout.etcd…` while etcd is away.
 */
export async function acquireSubnet(store: EtcdStore, want: Wish): Promise<HeldSubnet> {
  let lease: Lease | undefined;
  try {
    for (;;) {
      const { items } = await store.list(flannelKeys(want.prefix).subnets);
      const subnet = chooseSubnet(want.config, takenSubnets(items, want.prefix), want.publicIp, want.previous);
      const key = leaseKey(want.prefix, subnet);
      const before = items.find((kv) => kv.key === key);
      const isReserved = before !== undefined && isReservation(before);
      if (!isReserved) lease ??= await store.grant(subnetLeaseSeconds);
      if (await write(store, want, { key, before, items, lease: isReserved ? undefined : lease })) {
        if (!isReserved) await dropOldLease(store, before);
        else await lease?.revoke().catch(() => undefined);
        return isReserved || lease === undefined ? { subnet, key } : { subnet, key, lease };
      }
    }
  } catch (error) {
    await lease?.revoke().catch(() => undefined);
    throw error;
  }
}

/** A key whose value cannot be read is taken as well: somebody wrote it, and did not mean this machine. */
function takenSubnets(items: readonly KeyValue[], prefix: string) {
  return items.flatMap((kv) => {
    const subnet = subnetInKey(prefix, kv.key);
    const publicIp = readLease(prefix, kv)?.publicIp;
    return subnet ? [{ subnet, publicIp, reserved: isReservation(kv) }] : [];
  });
}

/** Of a key that names a subnet. */
export function isReservation(kv: KeyValue): boolean {
  return kv.lease === '0';
}

/** Also takes away what else is leased to the machine: it has one subnet. False when somebody was faster. */
async function write(
  store: EtcdStore,
  want: Wish,
  to: { key: string; before: KeyValue | undefined; items: readonly KeyValue[]; lease: Lease | undefined },
): Promise<boolean> {
  const { key, before } = to;
  const { backend } = want.config;
  const vni = backend.type === 'vxlan' ? backend.vni : undefined;
  const value = writeFlannelLease({ publicIp: want.publicIp, backend: backend.type, vtepMac: want.vtepMac }, vni);
  const others = to.items.filter(
    (kv) => kv.key !== key && !isReservation(kv) && readLease(want.prefix, kv)?.publicIp === want.publicIp,
  );
  const put: Write = to.lease ? { put: key, value, lease: to.lease.id } : { put: key, value };
  const isSaid = to.lease === undefined && before?.value === value;
  if (isSaid && others.length === 0) return true;
  const guard = { key, modRevision: before?.modRevision ?? 0 };
  const writes = [...(isSaid ? [] : [put]), ...others.map((kv) => ({ delete: kv.key }))];
  return (await store.transact([guard], writes)) !== undefined;
}

/** The lease of the machine's former life would otherwise idle for its 24 h. Not worth failing for. */
async function dropOldLease(store: EtcdStore, before: KeyValue | undefined): Promise<void> {
  if (!before || before.lease === '0') return;
  await store
    .leaseTtl(before.lease)
    .then(({ keys }) => (keys.length === 0 ? store.revokeLease(before.lease) : undefined))
    .catch(() => undefined);
}
