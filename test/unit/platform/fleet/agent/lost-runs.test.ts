import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { lostRuns, type LostRuns } from '#platform/fleet/agent/lost-runs.ts';
import { openMirror, type Mirror } from '#platform/fleet/registry/mirror.ts';
import { writeState } from '#platform/fleet/registry/records.ts';

const keys = fleetKeys();
const waitMs = 7_500;

let store: MemoryStore;
let mirror: Mirror;
let lost: LostRuns;
let lease: string;
let nowMs: number;
let overs: number;

const say = (unit: string, machineId: string, active: string): Promise<void> => {
  const state = { unit, machineId, hash: 'h', load: 'loaded', active, sub: active, job: 'launched' } as const;
  return store.put(keys.state(unit, machineId), writeState(state), lease);
};

const registers = (): Promise<void> => store.put(keys.machine('m2'), '{"ID":"m2"}', lease);
/** Its fleetd says so itself. */
const takesBack = async (unit: string): Promise<void> => {
  const gone = new Promise<void>((resolve) =>
    mirror.onChange((changed) => changed.has(keys.state(unit, 'm2')) && resolve()),
  );
  await store.delete(keys.state(unit, 'm2'));
  await gone;
};

/** The last of the states has changed, and whoever follows the mirror has been told. */
const told = (): Promise<void> => {
  const last = keys.state('own.service', 'm1');
  return new Promise((resolve) => mirror.onChange((changed) => changed.has(last) && resolve()));
};

beforeEach(async () => {
  // Only what ends the wait is on the test's clock.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [nowMs, overs] = [0, 0];
  store = memoryStore();
  lease = await store.grantOnce(3600);
  await registers();
  await say('before.service', 'm2', 'active');
  mirror = await openMirror(store, keys, () => undefined);
  lost = lostRuns({ mirror, keys, machineId: 'm1', waitMs, now: () => nowMs, onOver: () => (overs += 1) });
  const seen = told();
  await say('runs.service', 'm2', 'active');
  await say('ends.service', 'm2', 'deactivating');
  await say('ended.service', 'm2', 'inactive');
  await say('own.service', 'm1', 'active');
  await seen;
});
afterEach(async () => {
  lost.close();
  vi.useRealTimers();
  await mirror.close();
  await store.close();
});

const all = ['before', 'runs', 'ends', 'ended', 'own'].map((name) => `${name}.service`);
const mayRun = (): string[] => all.filter((unit) => lost.of(unit).join() === 'm2');
const heldUp = ['before.service', 'runs.service', 'ends.service'];
const goes = async (): Promise<void> => {
  const gone = told();
  await store.revokeLease(lease);
  await gone;
  expect(mirror.view().states).toEqual([]);
};

test('what a machine had not said to have ended may run there yet, until the wait is over', async () => {
  expect(mayRun()).toEqual([]);
  await goes();
  expect(mayRun()).toEqual(heldUp);
  nowMs = waitMs - 1;
  expect(mayRun()).toEqual(heldUp);
  nowMs = waitMs;
  expect(mayRun()).toEqual([]);
  expect(overs).toBe(0);
  await vi.advanceTimersByTimeAsync(waitMs);
  expect(overs).toBe(heldUp.length);
});

test('one that has left in order runs nothing', async () => {
  await store.put(keys.machineLeft('m2'), 'nothing runs here');
  await goes();
  expect(mayRun()).toEqual([]);
});

test.each([
  ['a moment later', async () => told()],
  ['before anybody has looked', async () => Promise.resolve()],
])('nor does one that has left in order and is back %s; what it says from then on counts', async (_when, between) => {
  const former = lease;
  const next = await store.grantOnce(3600);
  const mark = { put: keys.machineLeft('m2'), value: 'nothing runs here' };
  const seen = between();
  const left = [store.transact([], [{ delete: keys.machine('m2') }, mark]), store.revokeLease(former)];
  await seen;
  lease = next;
  const back = [{ put: keys.machine('m2'), value: '{"ID":"m2"}', lease }, { delete: keys.machineLeft('m2') }];
  const again = told();
  await Promise.all([...left, store.transact([], back), say('own.service', 'm1', 'inactive')]);
  await again;
  expect(mayRun()).toEqual([]);
  const running = new Promise((resolve) =>
    mirror.onChange((changed) => changed.has(keys.state('runs.service', 'm2')) && resolve(undefined)),
  );
  await say('runs.service', 'm2', 'active');
  await running;
  const gone = told();
  await store.revokeLease(lease);
  await gone;
  expect(mayRun()).toEqual(['runs.service']);
});

test('what a machine that is there takes back itself has ended: nobody waits for it', async () => {
  await takesBack('ends.service');
  await takesBack('before.service');
  expect(mayRun()).toEqual([]);
  await goes();
  expect(mayRun()).toEqual(['runs.service']);
});

test('what went with a lease may run yet, also when its machine has registered anew by then', async () => {
  const former = lease;
  lease = await store.grantOnce(3600);
  await registers();
  // Said anew on the new lease, as a fleetd does that has begun again; the others were not yet.
  await say('runs.service', 'm2', 'active');
  const gone = told();
  await store.revokeLease(former);
  await gone;
  expect(mayRun()).toEqual(['before.service', 'ends.service']);
  await takesBack('runs.service');
  expect(mayRun()).toEqual(['before.service', 'ends.service']);
});

test('what a machine took along when it registered anew is its own word: taken back, it has ended', async () => {
  const former = lease;
  lease = await store.grantOnce(3600);
  const running = mirror.value(keys.state('runs.service', 'm2')) ?? '';
  await store.transact(
    [],
    [
      { put: keys.machine('m2'), value: '{"ID":"m2"}', lease },
      { put: keys.state('runs.service', 'm2'), value: running, lease },
    ],
  );
  const gone = told();
  await store.revokeLease(former);
  await gone;
  expect(mayRun()).toEqual(['before.service', 'ends.service']);
  await takesBack('runs.service');
  expect(mayRun()).toEqual(['before.service', 'ends.service']);
});

test('without a fence nobody is waited for', async () => {
  lost.close();
  lost = lostRuns({ mirror, keys, machineId: 'm1', waitMs: 0, now: () => nowMs, onOver: () => (overs += 1) });
  await goes();
  expect(mayRun()).toEqual([]);
});
