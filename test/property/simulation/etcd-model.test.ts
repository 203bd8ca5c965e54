import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore, Guard, Write } from '#platform/etcd/store.ts';
import { etcdWorld } from '../../unit/simulation/in-world.ts';

const key = fc.constantFrom('/a', '/a/b', '/a/c', '/d', '/grüße');
const value = fc.constantFrom('', '1', '2', 'ä€😀');
const guard: fc.Arbitrary<Guard> = fc.oneof(
  key.map((k) => ({ key: k, absent: true as const })),
  key.map((k) => ({ key: k, exists: true as const })),
  fc.record({ key, value }),
  fc.record({ key, modRevision: fc.integer({ min: 0, max: 8 }) }),
);
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ put: key, value }),
  key.map((k) => ({ delete: k })),
  key.map((k) => ({ delete: k, prefix: true })),
);
type Step = (store: EtcdStore, lease: () => string | undefined) => Promise<unknown>;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(key, value).map(
    ([k, v]): Step =>
      (store) =>
        store.put(k, v),
  ),
  fc.tuple(key, value).map(
    ([k, v]): Step =>
      (store, lease) =>
        store.put(k, v, lease()),
  ),
  key.map(
    (k): Step =>
      (store) =>
        store.get(k),
  ),
  key.map(
    (k): Step =>
      (store) =>
        store.list(k),
  ),
  fc.tuple(key, fc.nat({ max: 20 })).map(
    ([k, revision]): Step =>
      (store) =>
        store.changesSince(k, revision),
  ),
  key.map(
    (k): Step =>
      (store) =>
        store.delete(k),
  ),
  key.map(
    (k): Step =>
      (store) =>
        store.deletePrefix(k),
  ),
  fc.tuple(fc.array(guard, { maxLength: 3 }), fc.array(write, { minLength: 1, maxLength: 4 })).map(
    ([guards, writes]): Step =>
      (store) =>
        store.transact(guards, writes),
  ),
  fc.constant<Step>((store, lease) => store.revokeLease(lease() ?? '1')),
);

/** What a store answers, in its order, and what a watch tells of it; the ids of leases aside. */
async function answers(store: EtcdStore, steps: readonly Step[], settle: () => Promise<void>): Promise<unknown[]> {
  const events: unknown[] = [];
  await store.watch('/a', { onEvent: (event) => void events.push(event) });
  const lease = await store.grantOnce(3600);
  const said: unknown[] = [];
  for (const one of steps) {
    const answer = await one(store, () => lease).catch((error: { code?: string }) => error.code);
    said.push(JSON.parse(JSON.stringify(answer ?? null).replaceAll(lease, 'lease')));
  }
  await settle();
  return [...said, events];
}

test('the simulated etcd answers as the store in memory, which keeps the contract of the real one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = await etcdWorld();
      const { store, process } = world.store('b');
      const settle = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));
      const simulated = await world.during(process, () => answers(store, steps, settle(5_000)));
      expect(simulated).toEqual(await answers(memoryStore(), steps, settle(0)));
    }),
    { numRuns: 60 },
  );
});
