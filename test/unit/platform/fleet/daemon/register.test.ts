import { afterEach, beforeEach, expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore, Write } from '#platform/etcd/store.ts';
import { register } from '#platform/fleet/daemon/register.ts';
import { writeMachine } from '#platform/fleet/registry/records.ts';

const keys = fleetKeys();
const machine = { id: '2'.repeat(32), name: 'core-02', ip: '10.0.0.2', metadata: {} };
const own = keys.machine(machine.id);
const words = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => keys.state(`u${n}.service`, machine.id));

let store: MemoryStore;
let former: string;
let next: string;
let log: string[];
beforeEach(async () => {
  log = [];
  store = memoryStore();
  former = await store.grantOnce(3600);
  next = await store.grantOnce(3600);
  await store.put(own, writeMachine(machine), former);
});
afterEach(() => store.close());

const say = async (said: readonly string[]): Promise<void> => {
  for (const key of said) await store.put(key, 'active', former);
};
const registers = (said: readonly string[], through: EtcdStore = store): Promise<boolean> =>
  register({ store: through, keys, machine, said: () => new Set(said), log: (event) => log.push(event) }, next);
/** Of those keys, what stands when the former lease has run out. */
const left = async (said: readonly string[]): Promise<(string | undefined)[]> => {
  await store.revokeLease(former);
  return Promise.all(said.map(async (key) => (await store.get(key))?.value));
};
/** What happens to the store before a transaction is carried out, once for each. */
const interrupted = (...before: readonly (() => Promise<unknown>)[]): EtcdStore => {
  const rest = [...before];
  return {
    ...store,
    async transact(guards, writes) {
      await rest.shift()?.();
      return store.transact(guards, writes);
    },
  };
};

test.each([0, 1, 100, 101, 250])('the machine and %d words go over to its new lease', async (count) => {
  const said = words(count);
  await say(said);
  expect(await registers(said)).toBe(true);
  expect(await left([own, ...said])).toEqual([writeMachine(machine), ...said.map(() => 'active')]);
});

test('what of it fits goes over in one revision with the machine', async () => {
  const said = words(100);
  await say(said);
  await registers(said);
  const at = await Promise.all([own, ...said].map(async (key) => (await store.get(key))?.modRevision));
  expect(new Set(at).size).toBe(1);
});

test('what ended with the former lease is not said again', async () => {
  const said = words(3);
  await say(said);
  await store.revokeLease(former);
  expect(await registers(said)).toBe(true);
  expect(await left([own, ...said])).toEqual([writeMachine(machine), undefined, undefined, undefined]);
});

test('a mark of having left goes with it', async () => {
  await store.put(keys.machineLeft(machine.id), 'nothing runs here');
  expect(await registers([])).toBe(true);
  expect(await store.get(keys.machineLeft(machine.id))).toBeUndefined();
});

test('a word that changes, and one that is gone, in between: what stands there then goes over', async () => {
  const [changed = '', gone = '', kept = ''] = words(3);
  await say([changed, gone, kept]);
  const meanwhile = interrupted(
    () => store.put(changed, 'deactivating', former),
    () => store.delete(gone),
  );
  expect(await registers([changed, gone, kept], meanwhile)).toBe(true);
  expect(await left([changed, gone, kept])).toEqual(['deactivating', undefined, 'active']);
});

test('the former lease that runs out in between takes all but the machine, which registers', async () => {
  const said = words(2);
  await say(said);
  expect(
    await registers(
      said,
      interrupted(() => store.revokeLease(former)),
    ),
  ).toBe(true);
  expect(await left([own, ...said])).toEqual([writeMachine(machine), undefined, undefined]);
});

test('who is disturbed each time gives up, and writes nothing', async () => {
  const said = words(1);
  await say(said);
  const [key = ''] = said;
  const disturb = (): Promise<void> => store.put(key, 'active', former);
  expect(await registers(said, interrupted(disturb, disturb, disturb))).toBe(false);
  expect(await left([own, ...said])).toEqual([undefined, undefined]);
});

test('of a clone at another address nothing is taken', async () => {
  const clone = { ...machine, ip: '10.0.0.9' };
  await store.put(own, writeMachine(clone), former);
  const said = words(120);
  await say(said);
  const written: Write[] = [];
  const counted: EtcdStore = {
    ...store,
    async transact(guards, writes) {
      written.push(...writes);
      return store.transact(guards, writes);
    },
  };
  expect(await registers(said, counted)).toBe(false);
  expect(written).toEqual([]);
  expect(log).toEqual(['presence']);
});
