import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Publisher, statePublisher } from '#platform/fleet/agent/publish.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { type Mirror, openMirror } from '#platform/fleet/registry/mirror.ts';
import { type StateRecord, writeState } from '#platform/fleet/registry/records.ts';
import { memoryStore } from '#platform/etcd/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { eventually } from '../eventually.ts';

const keys = fleetKeys();
const machineId = 'c001';
const key = (unit: string) => keys.state(unit, machineId);
const state = (unit: string, active: string): StateRecord => ({
  unit,
  machineId,
  hash: 'abc',
  load: 'loaded',
  active,
  sub: active,
  job: 'launched' as const,
});

let store: EtcdStore;
let mirror: Mirror;
let publisher: Publisher;
let lease: string;
let states: StateRecord[];
let overwritten: number;

beforeEach(async () => {
  store = memoryStore();
  mirror = await openMirror(store, keys, () => undefined);
  lease = (await store.grant(60)).id;
  overwritten = 0;
  const onOverwritten = () => {
    overwritten += 1;
    void publisher.publish(lease, states);
  };
  publisher = statePublisher({ store, keys, mirror, machineId, onOverwritten });
  states = [state('a.service', 'active'), state('b.service', 'active')];
  await publisher.publish(lease, states);
});
afterEach(async () => {
  await mirror.close();
  await store.close();
});

const holds = (unit: string, value: string | undefined) =>
  eventually(async () => {
    const found = (await store.get(key(unit)))?.value;
    return found === value ? undefined : `${unit} holds ${found}`;
  });

describe('what a dead predecessor had sent and arrives late', () => {
  it('is overwritten, on the own lease', async () => {
    const old = await store.grant(60);
    await store.put(key('a.service'), writeState(state('a.service', 'inactive')), old.id);
    await holds('a.service', writeState(state('a.service', 'active')));
    await old.revoke();
    await holds('a.service', writeState(state('a.service', 'active')));
    expect(overwritten).toBe(1);
  });

  it('is made again when it was a removal', async () => {
    await store.transact([], [{ delete: key('b.service') }]);
    await holds('b.service', writeState(state('b.service', 'active')));
  });

  it('is removed when the unit is not here any more', async () => {
    states = [state('b.service', 'active')];
    await publisher.publish(lease, states);
    await store.put(key('a.service'), writeState(state('a.service', 'active')));
    await eventually(() => (overwritten > 0 ? undefined : 'not noticed'));
    await holds('a.service', undefined);
  });
});

it('own changes and those of other machines are nothing to put right', async () => {
  for (const active of ['deactivating', 'inactive', 'activating', 'active']) {
    states = [state('a.service', active), state('b.service', active)];
    await publisher.publish(lease, states);
  }
  await store.put(keys.state('a.service', 'c002'), 'x');
  // A foreign state that must be noticed: whatever came before it has been looked at by then.
  await store.put(key('a.service'), 'x');
  await holds('a.service', writeState(state('a.service', 'active')));
  expect(overwritten).toBe(1);
  expect((await store.get(keys.state('a.service', 'c002')))?.value).toBe('x');
});
