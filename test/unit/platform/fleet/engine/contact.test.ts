import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { keepPresent } from '#platform/fleet/daemon/presence.ts';
import { runEngine, type Engine } from '#platform/fleet/engine/run-engine.ts';
import { openMirror } from '#platform/fleet/registry/mirror.ts';
import { writeMachine, writeUnit } from '#platform/fleet/registry/records.ts';
import { unitText } from '../simulated-cluster.ts';

const keys = fleetKeys();
const ttlMs = 5000;
const one = { id: '1'.repeat(32), name: 'core-01', ip: '10.0.0.1', metadata: {} };
const two = { id: '2'.repeat(32), name: 'core-02', ip: '10.0.0.2', metadata: {} };

let store: MemoryStore;
let engine: Engine;
let nowMs = 0;
let close = async (): Promise<void> => undefined;

/** The engine of core-01 leads; core-02 has a unit. */
beforeEach(async () => {
  nowMs = 0;
  store = memoryStore();
  await store.put(keys.machine(one.id), writeMachine(one));
  await store.put(keys.machine(two.id), writeMachine(two));
  await store.put(keys.job('a.service').object, writeUnit('a.service', unitText()));
  await store.put(keys.job('a.service').desired, 'launched');
  await store.put(keys.job('a.service').target, two.id);
  const lease = await store.grantOnce(60);
  const mirror = await openMirror(store, keys, () => undefined);
  const log = (): void => undefined;
  const now = (): number => nowMs;
  engine = runEngine({ store, keys, mirror, machineId: one.id, lease: () => lease, ttlMs, log, now });
  close = async () => {
    await engine.stop();
    await mirror.close();
    await store.close();
  };
  engine.wake();
  await vi.waitFor(() => expect(engine.isLeading()).toBe(true), 30_000);
});
afterEach(() => close());

const target = async (): Promise<string | undefined> => (await store.get(keys.job('a.service').target))?.value;
/** etcd answers at these moments, ms. */
const answers = (...moments: readonly number[]): void => {
  for (const moment of moments) {
    nowMs = moment;
    engine.contact();
  }
};
/** Has had every occasion to decide: a unit that came afterwards has been decided on. */
async function decidedAll(): Promise<void> {
  const name = `after-${nowMs}.service`;
  await store.put(keys.job(name).object, writeUnit(name, unitText()));
  await store.put(keys.job(name).desired, 'launched');
  await vi.waitFor(async () => expect(await store.get(keys.job(name).target)).toBeDefined(), 30_000);
}

test('who is missing while etcd answers is dead, and its unit moves at once', async () => {
  answers(2000, 4000, 6000);
  await store.delete(keys.machine(two.id));
  await vi.waitFor(async () => expect(await target()).toBe(one.id), 30_000);
});

test('who is missing after etcd was silent for longer than the TTL has one TTL to come back', async () => {
  answers(2000, 4000, 6000, 6000 + ttlMs + 1);
  await store.delete(keys.machine(two.id));
  await decidedAll();
  expect(await target()).toBe(two.id);
  answers(6000 + 2 * ttlMs);
  await decidedAll();
  expect(await target()).toBe(two.id);
  answers(6000 + 2 * ttlMs + 2);
  await vi.waitFor(async () => expect(await target()).toBe(one.id), 30_000);
});

test('a presence tells of each answer, several times within the TTL, and of none while etcd is away', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  const own = memoryStore();
  const ttlSeconds = 5;
  let contacts = 0;
  const presence = keepPresent({
    store: own,
    keys,
    machine: one,
    said: () => new Set(),
    ttlSeconds,
    log: () => undefined,
    onRegistered: () => undefined,
    onContact: () => (contacts += 1),
  });
  try {
    await vi.advanceTimersByTimeAsync(10);
    expect(presence.lease()).toBeDefined();
    contacts = 0;
    await vi.advanceTimersByTimeAsync(ttlSeconds * 1000);
    expect(contacts).toBeGreaterThanOrEqual(3);
    own.setAway(true);
    contacts = 0;
    await vi.advanceTimersByTimeAsync(ttlSeconds * 1000);
    expect(contacts).toBe(0);
    own.setAway(false);
    await vi.advanceTimersByTimeAsync(ttlSeconds * 1000);
    expect(contacts).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
    await presence.leave();
    await own.close();
  }
});
