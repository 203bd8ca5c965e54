import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { keepPresent, type Presence } from '#platform/fleet/daemon/presence.ts';

const keys = fleetKeys();
const machine = { id: '1'.repeat(32), name: 'core-01', ip: '10.0.0.1', metadata: {} };
const ttlSeconds = 5;

let store: MemoryStore;
let presence: Presence;
/** In the order of their granting. */
let leases: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  store = memoryStore();
  leases = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await presence.leave();
  await store.close();
});

/** @param carriedOut are transactions carried out of which it is said that they gave no answer? */
const startUnanswered = (unanswered: number, carriedOut: boolean): void => {
  let left = unanswered;
  const slow: EtcdStore = {
    ...store,
    async grant(...how) {
      const lease = await store.grant(...how);
      leases.push(lease.id);
      return lease;
    },
    async transact(guards, writes) {
      if (left-- <= 0) return store.transact(guards, writes);
      if (carriedOut) await store.transact(guards, writes);
      throw new Error('no answer in time');
    },
  };
  const nothing = (): void => undefined;
  presence = keepPresent({
    store: slow,
    keys,
    machine,
    said: () => new Set(),
    ttlSeconds,
    log: nothing,
    onRegistered: nothing,
    onContact: nothing,
  });
};

test.each([true, false])(
  'a registration without an answer (carried out: %s) is made again, and its lease left',
  async (carriedOut) => {
    startUnanswered(2, carriedOut);
    await vi.advanceTimersByTimeAsync(1000);
    expect(leases).toHaveLength(3);
    expect(presence.lease()).toBe(leases[2]);
    await vi.advanceTimersByTimeAsync(3 * ttlSeconds * 1000);
    const remaining = await Promise.all(leases.map(async (id) => (await store.leaseTtl(id)).remaining));
    expect(remaining.map((seconds) => seconds > 0)).toEqual([false, false, true]);
    expect((await store.get(keys.machine(machine.id)))?.lease).toBe(leases[2]);
  },
);
