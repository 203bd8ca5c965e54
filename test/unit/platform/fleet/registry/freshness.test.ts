import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { openMirror, type Mirror } from '#platform/fleet/registry/mirror.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';
import { writeUnit } from '#platform/fleet/registry/records.ts';
import { gappedStore } from '../../etcd/gapped-store.ts';
import { realEtcd } from '../../etcd/real-etcd.ts';
import { deafStore } from '../deaf-store.ts';
import { unitText } from '../simulated-cluster.ts';

const keys = fleetKeys();

async function copyOf(store: EtcdStore, relistMs?: number): Promise<Mirror> {
  const mirror = await openMirror(store, keys, () => undefined, relistMs);
  onTestFinished(() => mirror.close());
  return mirror;
}

/** What the copy says of fleet's keys is what the store has of them. */
async function expectSame(mirror: Mirror, store: EtcdStore, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const key = keys.job(name).target;
    expect([name, mirror.value(key)]).toEqual([name, (await store.get(key))?.value]);
  }
}

const names = ['a', 'b', 'c'];
const operation = fc.record({
  name: fc.constantFrom(...names),
  what: fc.constantFrom('put', 'delete', 'put and delete', 'another key'),
});

test('whoever has waited for the copy sees all that was written before, puts and deletes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
      const store = memoryStore();
      const writer = store.connect();
      const mirror = await openMirror(store, keys, () => undefined);
      let n = 0;
      for (const { name, what } of operations) {
        const key = keys.job(name).target;
        if (what.startsWith('put')) await writer.put(key, String(++n));
        if (what.endsWith('delete')) await writer.delete(key);
        if (what === 'another key') await writer.put('/somewhere/else', String(++n));
        expect(await mirror.upToDate()).toBe(true);
        await expectSame(mirror, writer, names);
      }
      await mirror.close();
      await store.close();
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['a key has gone', false, (store: EtcdStore) => store.delete(keys.job('a').target)],
  ['a key has another value', false, (store: EtcdStore) => store.put(keys.job('a').target, 'm2')],
  ['a key is new', false, (store: EtcdStore) => store.put(keys.job('b').target, 'm1')],
  ['somebody else wrote', true, (store: EtcdStore) => store.put('/somewhere/else', '')],
])('a copy that hears nothing says whether it is up to date: %s', async (_, isSame, write) => {
  const store = memoryStore();
  await store.put(keys.job('a').target, 'm1');
  const mirror = await copyOf(deafStore(store));
  await write(store);
  expect(await mirror.upToDate()).toBe(isSame);
});

test('a listing that events have overtaken undoes none of them', async () => {
  const store = memoryStore();
  const gapped = gappedStore(store);
  const mirror = await copyOf(gapped.store);
  gapped.holdListings();
  gapped.resync();
  await vi.waitFor(() => expect(gapped.heldListings()).toBe(1), 30_000);
  await store.put(keys.job('a').target, 'm1');
  await store.put(keys.job('b').target, 'm1');
  await vi.waitFor(() => expect(mirror.value(keys.job('b').target)).toBe('m1'), 30_000);
  gapped.handOutAll();
  await store.put(keys.job('c').target, 'm1');
  expect(await mirror.upToDate()).toBe(true);
  await expectSame(mirror, store, names);
});

test('a copy whose watch went on behind a compaction is not up to date before it is listed anew', async () => {
  const store = memoryStore();
  const gapped = gappedStore(store);
  const mirror = await copyOf(gapped.store);
  gapped.setDeaf(true);
  await store.put(keys.job('a').target, 'm1');
  await store.put(keys.job('b').target, 'm1');
  await store.delete(keys.job('b').target);
  gapped.setDeaf(false);
  gapped.holdListings();
  gapped.resync();
  await store.put(keys.job('c').target, 'm1');
  await vi.waitFor(() => expect(mirror.value(keys.job('c').target)).toBe('m1'), 30_000);
  expect(await mirror.upToDate()).toBe(false);
  const asked = mirror.upToDate();
  gapped.handOutAll();
  expect(await asked).toBe(true);
  await expectSame(mirror, store, names);
});

test('a listing that was asked for before a gap does not fill it', async () => {
  const store = memoryStore();
  const gapped = gappedStore(store);
  const mirror = await copyOf(gapped.store);
  gapped.holdListings();
  gapped.resync();
  await vi.waitFor(() => expect(gapped.heldListings()).toBe(1), 30_000);
  gapped.setDeaf(true);
  await store.put(keys.job('a').target, 'm1');
  gapped.resync();
  await vi.waitFor(() => expect(gapped.heldListings()).toBe(2), 30_000);
  gapped.handOutOne();
  await new Promise((resolve) => setImmediate(resolve));
  gapped.setDeaf(false);
  await store.put(keys.job('c').target, 'm1');
  await vi.waitFor(() => expect(mirror.value(keys.job('c').target)).toBe('m1'), 30_000);
  expect(mirror.value(keys.job('a').target)).toBeUndefined();
  expect(await mirror.upToDate()).toBe(false);
  gapped.handOutAll();
  await vi.waitFor(() => expect(mirror.value(keys.job('a').target)).toBe('m1'), 30_000);
  expect(await mirror.upToDate()).toBe(true);
});

test('the same on a real etcd of three members, each asked by another client', async () => {
  const etcd = await realEtcd({ members: 3 });
  onTestFinished(() => etcd.stop());
  const [here, there] = [etcd.endpoints, etcd.endpoints.toReversed()].map((endpoints) => gatewayStore({ endpoints }));
  onTestFinished(async () => void (await Promise.all([here?.close(), there?.close()])));
  if (here === undefined || there === undefined) return;
  let asked = 0;
  const changesSince = (prefix: string, revision: number) => {
    asked += 1;
    return here.changesSince(prefix, revision);
  };
  const mirror = await copyOf({ ...here, changesSince });
  for (let n = 0; n < 40; n++) {
    const key = keys.job(names[n % 3] ?? '').target;
    if (n % 5 === 4) await there.delete(key);
    else await there.put(key, String(n));
    expect(await mirror.upToDate()).toBe(true);
    await expectSame(mirror, there, names);
  }
  // Many at once share a question.
  const before = asked;
  expect(await Promise.all(Array.from({ length: 50 }, () => mirror.upToDate()))).toEqual(Array(50).fill(true));
  expect(asked - before).toBeLessThan(5);
});

test('behind a watch that is silent the API reads the store itself', async () => {
  const etcd = await realEtcd({ members: 3 });
  onTestFinished(() => etcd.stop());
  const store = gatewayStore({ endpoints: etcd.endpoints, timeoutMs: 2000 });
  const other = gatewayStore({ endpoints: etcd.endpoints.slice(1), timeoutMs: 2000 });
  onTestFinished(async () => void (await Promise.all([store.close(), other.close()])));
  const mirror = await copyOf(store, 600_000);
  const registry = registryOf(store, keys, () => mirror);
  await other.put(keys.job('a.service').object, writeUnit('a.service', unitText()));
  expect((await registry.now()).view.units.map((u) => u.name)).toEqual(['a.service']);
  await etcd.signal(0, 'SIGSTOP');
  onTestFinished(() => etcd.signal(0, 'SIGCONT'));
  await vi.waitFor(() => other.put(keys.job('b.service').object, writeUnit('b.service', unitText())), 30_000);
  const now = await registry.now();
  expect(now.view.units.map((u) => u.name)).toEqual(['a.service', 'b.service']);
  expect(now.revision(keys.job('b.service').object)).toBe((await other.get(keys.job('b.service').object))?.modRevision);
  expect((await registry.lately()).view.units.map((u) => u.name)).toEqual(['a.service']);
});

test('without etcd nobody says that the copy is up to date', async () => {
  const store = memoryStore();
  const mirror = await copyOf(store);
  store.setAway(true);
  await expect(mirror.upToDate()).rejects.toMatchObject({ code: 'timeout.etcd' });
  await expect(registryOf(store, keys, () => mirror).now()).rejects.toMatchObject({ code: 'timeout.etcd' });
});

test('a question without an answer, as without a quorum, holds nobody up who asks later', async () => {
  const store = memoryStore();
  const own = store.connect();
  let isSilent = false;
  const silent: EtcdStore = {
    ...own,
    changesSince: (prefix, revision) => (isSilent ? new Promise(() => undefined) : own.changesSince(prefix, revision)),
  };
  const mirror = await copyOf(silent);
  isSilent = true;
  const first = vi.fn();
  void mirror.upToDate().then(first);
  isSilent = false;
  expect(await mirror.upToDate()).toBe(true);
  expect(first).not.toHaveBeenCalled();
});
