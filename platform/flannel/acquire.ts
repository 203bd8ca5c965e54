import { flannelKeys, subnetLeaseSeconds, writeFlannelLease } from '../etcd/keys/flannel-keys.ts';
import type { EtcdStore, KeyValue, Lease } from '../etcd/store.ts';
import { chooseSubnet } from './choose-subnet.ts';
import type { Subnet } from './ipv4.ts';
import { leaseKey, readLease } from './lease-record.ts';
import type { NetworkConfig } from './network-config.ts';

/**
 * Leases a subnet: chooses, then creates or takes over its key in one transaction; when somebody was faster, chooses again.
 * The etcd lease renews itself. Throws `state.flannel-full`, or `timeout.etcd…` while etcd is away.
 */
export async function acquireSubnet(
  store: EtcdStore,
  want: { prefix: string; config: NetworkConfig; publicIp: string; previous: Subnet | undefined; vtepMac?: string },
): Promise<{ subnet: Subnet; lease: Lease; key: string }> {
  const lease = await store.grant(subnetLeaseSeconds);
  try {
    for (;;) {
      const { items } = await store.list(flannelKeys(want.prefix).subnets);
      const leases = items.flatMap((kv) => readLease(want.prefix, kv) ?? []);
      const subnet = chooseSubnet(want.config, leases, want.publicIp, want.previous);
      const key = leaseKey(want.prefix, subnet);
      const before = items.find((kv) => kv.key === key);
      const { backend } = want.config;
      const vni = backend.type === 'vxlan' ? backend.vni : undefined;
      const value = writeFlannelLease({ publicIp: want.publicIp, backend: backend.type, vtepMac: want.vtepMac }, vni);
      const guard = before ? { key, modRevision: before.modRevision } : ({ key, absent: true } as const);
      if (await store.transact([guard], [{ put: key, value, lease: lease.id }])) {
        await dropOldLease(store, before);
        return { subnet, lease, key };
      }
    }
  } catch (error) {
    await lease.revoke().catch(() => undefined);
    throw error;
  }
}

/** The lease of the machine's former life would otherwise idle for its 24 h. Not worth failing for. */
async function dropOldLease(store: EtcdStore, before: KeyValue | undefined): Promise<void> {
  if (!before || before.lease === '0') return;
  await store
    .leaseTtl(before.lease)
    .then(({ keys }) => (keys.length === 0 ? store.revokeLease(before.lease) : undefined))
    .catch(() => undefined);
}
