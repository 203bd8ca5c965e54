import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Publisher, statePublisher } from '#platform/fleet/agent/publish.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { type Mirror, openMirror } from '#platform/fleet/registry/mirror.ts';
import { type StateRecord, writeState, writeUnit } from '#platform/fleet/registry/records.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
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

/** A copy of the registry that has stopped to follow. */
const deaf = (of: Mirror): Mirror => ({ ...of, onChange: () => () => undefined });

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

describe('what etcd gave no answer to, and carries out later,', () => {
  /** A store whose transactions get no answer while it is silent, and are carried out when they are let through. */
  const slowStore = () => {
    const late: (() => Promise<unknown>)[] = [];
    const at = { isSilent: false, afterGet: async () => Promise.resolve() };
    const slow: EtcdStore = {
      ...store,
      async get(one) {
        const found = await store.get(one);
        await at.afterGet();
        return found;
      },
      async transact(guards, writes) {
        if (!at.isSilent) return store.transact(guards, writes);
        late.push(() => store.transact(guards, writes));
        throw new Error('no answer in time');
      },
    };
    const nobody = { keys, mirror: deaf(mirror), machineId, onOverwritten: () => undefined };
    const letThrough = async () => {
      for (const act of late.splice(0)) await act();
    };
    return { at, letThrough, own: statePublisher({ store: slow, ...nobody }) };
  };
  const value = async () => (await store.get(key('c.service')))?.value;
  const unanswered = async (own: Publisher, said: StateRecord[]) =>
    expect(own.publish(lease, said)).rejects.toThrow('no answer in time');

  it.each([
    ['a removal', [[]]],
    ['another state', [[state('c.service', 'inactive')]]],
    ['a removal and a state', [[], [state('c.service', 'active')], []]],
  ])('takes nothing away of what was said since: %s', async (_what, unheard) => {
    const { at, letThrough, own } = slowStore();
    await own.publish(lease, [state('c.service', 'active')]);
    at.isSilent = true;
    for (const said of unheard) await unanswered(own, said);
    at.isSilent = false;
    await own.publish(lease, [state('c.service', 'active')]);
    await letThrough();
    expect(await value()).toBe(writeState(state('c.service', 'active')));
    await own.publish(lease, [state('c.service', 'deactivating')]);
    expect(await value()).toBe(writeState(state('c.service', 'deactivating')));
  });

  it('may come just before the next word, which is said all the same', async () => {
    const { at, letThrough, own } = slowStore();
    await own.publish(lease, [state('c.service', 'active')]);
    at.isSilent = true;
    await unanswered(own, []);
    at.isSilent = false;
    at.afterGet = letThrough;
    await own.publish(lease, [state('c.service', 'deactivating')]);
    expect(await value()).toBe(writeState(state('c.service', 'deactivating')));
  });

  it('takes no claim back', async () => {
    await store.put(keys.job('c.service').target, machineId);
    const { at, letThrough, own } = slowStore();
    await own.publish(lease, [state('c.service', 'inactive')]);
    at.isSilent = true;
    await unanswered(own, []);
    at.isSilent = false;
    const claimed = await own.claim(lease, [{ unit: 'c.service', hash: 'abc' }]);
    expect(claimed).toEqual(new Set(['c.service']));
    await letThrough();
    expect(JSON.parse((await value()) ?? '{}')).toMatchObject({ activeState: 'activating' });
  });

  it('of a lease before is nothing that the next one is told of', async () => {
    const { at, letThrough, own } = slowStore();
    await own.publish(lease, [state('c.service', 'active')]);
    await eventually(() => (mirror.value(key('c.service')) === undefined ? 'not seen' : undefined));
    at.isSilent = true;
    await unanswered(own, []);
    at.isSilent = false;
    const next = (await store.grant(60)).id;
    await own.publish(next, [state('c.service', 'active')]);
    await store.revokeLease(lease);
    await letThrough();
    expect(await value()).toBe(writeState(state('c.service', 'active')));
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

describe('before units are started here', () => {
  const target = (unit: string) => keys.job(unit).target;
  const asked = (...names: string[]) => names.map((unit) => ({ unit, hash: 'abc' }));

  it('that is said of those that are scheduled here, on the lease', async () => {
    await store.put(target('c.service'), machineId);
    expect(await publisher.claim(lease, asked('c.service'))).toEqual(new Set(['c.service']));
    const said = await store.get(key('c.service'));
    expect(JSON.parse(said?.value ?? '')).toMatchObject({ activeState: 'activating', jobState: 'launched' });
    expect(said?.lease).toBe(lease);
  });

  it('nothing is said of one that is scheduled elsewhere by now, and it is not to be started', async () => {
    await store.put(target('c.service'), 'c002');
    expect(await publisher.claim(lease, asked('c.service'))).toEqual(new Set());
    expect(await store.get(key('c.service'))).toBeUndefined();
  });

  it('what was claimed and is not there after all is taken back', async () => {
    await store.put(target('c.service'), machineId);
    await publisher.claim(lease, asked('c.service'));
    await publisher.publish(lease, states);
    expect(await store.get(key('c.service'))).toBeUndefined();
  });

  it('nothing is written again of one whose start is tried again: its state makes others wait already', async () => {
    await store.put(target('c.service'), machineId);
    states = [{ ...state('c.service', 'inactive'), message: 'bad unit file setting' }];
    await publisher.publish(lease, states);
    const before = await store.get(key('c.service'));
    expect(await publisher.claim(lease, asked('c.service'))).toEqual(new Set(['c.service']));
    expect(await store.get(key('c.service'))).toEqual(before);
  });

  it('one whose state makes others wait may not be started when it is scheduled elsewhere by now', async () => {
    await publisher.publish(lease, [state('c.service', 'activating')]);
    await store.put(target('c.service'), 'c002');
    expect(await publisher.claim(lease, asked('c.service'))).toEqual(new Set());
  });

  it('what went from etcd without a word of it here is said again, and is no reason to start it unsaid', async () => {
    await store.put(target('c.service'), machineId);
    const own = statePublisher({ store, keys, mirror: deaf(mirror), machineId, onOverwritten: () => undefined });
    await own.publish(lease, [state('c.service', 'active')]);
    await store.delete(key('c.service'));
    expect(await own.claim(lease, asked('c.service'))).toEqual(new Set(['c.service']));
    expect(JSON.parse((await store.get(key('c.service')))?.value ?? '')).toMatchObject({ activeState: 'activating' });
  });

  it('a write that etcd gave no answer to, done or not, is no word of which others are sure to know', async () => {
    await store.put(target('c.service'), machineId);
    let answers = true;
    const silent: EtcdStore = {
      ...store,
      async transact(guards, writes) {
        const isDone = await store.transact(guards, writes);
        if (!answers) throw new Error('no answer in time');
        return isDone;
      },
    };
    const own = statePublisher({
      store: silent,
      keys,
      mirror: deaf(mirror),
      machineId,
      onOverwritten: () => undefined,
    });
    await own.publish(lease, [state('c.service', 'active')]);
    answers = false;
    // It is removed, and nobody hears that it was.
    await expect(own.publish(lease, [])).rejects.toThrow('no answer in time');
    expect(await store.get(key('c.service'))).toBeUndefined();
    await store.put(target('c.service'), 'c002');
    await expect(own.claim(lease, asked('c.service'))).rejects.toThrow('no answer in time');
    answers = true;
    expect(await own.claim(lease, asked('c.service'))).toEqual(new Set());
    // And it is removed once more: it might be there.
    await store.put(key('c.service'), 'late');
    await own.publish(lease, []);
    expect(await store.get(key('c.service'))).toBeUndefined();
  });

  it('a machine without a lease may start nothing that is scheduled, and global units all the same', async () => {
    const options = parseUnitFile('[Service]\nExecStart=/bin/a\n[X-Fleet]\nGlobal=true\n', 'g.service');
    await store.put(keys.job('g.service').object, writeUnit('g.service', options));
    await eventually(() => (mirror.view().units.length > 0 ? undefined : 'not seen'));
    expect(await publisher.claim(undefined, asked('a.service', 'g.service'))).toEqual(new Set(['g.service']));
    expect(await publisher.claim(lease, asked('g.service'))).toEqual(new Set(['g.service']));
    expect(await store.get(key('g.service'))).toBeUndefined();
  });

  it('more than one transaction takes are claimed too', async () => {
    const names = Array.from({ length: 130 }, (_, n) => `c@${n}.service`);
    for (const name of names) await store.put(target(name), machineId);
    expect((await publisher.claim(lease, asked(...names))).size).toBe(130);
  });
});

describe('another lease', () => {
  const lost = async (former: string, units: readonly string[]): Promise<(string | undefined)[]> => {
    await store.revokeLease(former);
    return Promise.all(units.map(async (unit) => (await store.get(key(unit)))?.value));
  };
  const said = (unit: string): string => writeState(state(unit, 'active'));

  it('has all of it said again there, whether the registration took it along or not', async () => {
    const next = (await store.grant(60)).id;
    await store.put(key('a.service'), said('a.service'), next);
    await publisher.publish(next, states);
    expect(await lost(lease, ['a.service', 'b.service'])).toEqual([said('a.service'), said('b.service')]);
  });

  it('keeps nothing of a predecessor that is not here', async () => {
    const next = (await store.grant(60)).id;
    await store.put(key('gone.service'), said('gone.service'), next);
    await eventually(() => (mirror.value(key('gone.service')) === undefined ? 'the copy is old' : undefined));
    const successor = statePublisher({ store, keys, mirror, machineId, onOverwritten: () => undefined });
    expect([...successor.said()].sort()).toEqual(['a.service', 'b.service', 'gone.service'].map(key));
    await successor.publish(next, [state('a.service', 'active')]);
    expect(await lost(lease, ['a.service', 'b.service', 'gone.service'])).toEqual([
      said('a.service'),
      undefined,
      undefined,
    ]);
    expect([...successor.said()]).toEqual([key('a.service')]);
  });
});
