import { expect, onTestFinished, test, vi } from 'vitest';
import { flannelKeys } from '#platform/etcd/keys/flannel-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { subnetText } from '#platform/flannel/ipv4.ts';
import { watchLeases } from '#platform/flannel/leases.ts';

const prefix = '/coreos.com/network';
const subnets = flannelKeys(prefix).subnets;
const lease = (address: string) => JSON.stringify({ PublicIP: address, BackendType: 'host-gw' });

test('a listing behind a compaction does not undo a lease that came while it was asked for', async () => {
  const store = memoryStore();
  const own = store.connect();
  let resync = (): void => undefined;
  let held: Promise<void> = Promise.resolve();
  let isListed = (): void => undefined;
  const slow: EtcdStore = {
    ...own,
    async list(directory) {
      const listing = await own.list(directory);
      isListed();
      await held;
      return listing;
    },
    watch(directory, on, from) {
      resync = () => on.onResync?.();
      return own.watch(directory, on, from);
    },
  };
  await store.put(`${subnets}10.1.1.0-24`, lease('172.17.8.101'));
  const watch = await watchLeases(slow, prefix, () => undefined);
  onTestFinished(() => watch.close());
  let answer = (): void => undefined;
  held = new Promise((resolve) => (answer = resolve));
  const asked = new Promise<void>((resolve) => (isListed = resolve));
  resync();
  const changed = watch.changed(60_000, new AbortController().signal);
  await asked;
  await store.put(`${subnets}10.1.2.0-24`, lease('172.17.8.102'));
  await vi.waitFor(() => expect(watch.current()).toHaveLength(2), 30_000);
  held = Promise.resolve();
  answer();
  expect(await changed).toBe('news');
  expect(watch.current().map(({ subnet }) => subnetText(subnet))).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
});
