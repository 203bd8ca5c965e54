import { expect, onTestFinished, test, vi } from 'vitest';
import { flannelKeys } from '#platform/etcd/keys/flannel-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { subnetText } from '#platform/flannel/ipv4.ts';
import { watchLeases } from '#platform/flannel/leases.ts';
import { gappedStore } from '../etcd/gapped-store.ts';

const prefix = '/coreos.com/network';
const subnets = flannelKeys(prefix).subnets;
const lease = (address: string) => JSON.stringify({ PublicIP: address, BackendType: 'host-gw' });

test('a listing behind a compaction does not undo a lease that came while it was asked for', async () => {
  const store = memoryStore();
  const gapped = gappedStore(store);
  await store.put(`${subnets}10.1.1.0-24`, lease('172.17.8.101'));
  const watch = await watchLeases(gapped.store, prefix, () => undefined);
  onTestFinished(() => watch.close());
  gapped.holdListings();
  gapped.resync();
  const changed = watch.changed(60_000, new AbortController().signal);
  await vi.waitFor(() => expect(gapped.heldListings()).toBe(1), 30_000);
  await store.put(`${subnets}10.1.2.0-24`, lease('172.17.8.102'));
  await vi.waitFor(() => expect(watch.current()).toHaveLength(2), 30_000);
  gapped.handOutAll();
  expect(await changed).toBe('news');
  expect(watch.current().map(({ subnet }) => subnetText(subnet))).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
});
