import { describe, expect, test } from 'vitest';
import { isEtcdAway } from '#platform/etcd/etcd-failure.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { etcdWorld } from '../in-world.ts';

/** At a change of leaders a write may be dropped. */
async function putUntilDone(store: EtcdStore, key: string, value: string): Promise<void> {
  for (;;) {
    const done = await store.put(key, value).then(
      () => true,
      () => false,
    );
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const away = (error: unknown): string => (isEtcdAway(error) ? 'away' : String(error));

describe('a quorum', () => {
  test('two of three answer; one alone does not, and its watch says nothing; afterwards the watch goes on without a gap', async () => {
    const world = await etcdWorld();
    const { network, during, agenda } = world;
    const [alone, others] = [world.follower(), ['a', 'b', 'c'].filter((host) => host !== world.follower())];
    const cut = world.store(alone);
    const free = world.store(others[0] ?? '');
    const events: string[] = [];
    await during(cut.process, () => cut.store.watch('/', { onEvent: (event) => events.push(event.value) }, 2));
    const heal = others.flatMap((host) => [
      network.impair(alone, host, { cut: true }),
      network.impair(host, alone, { cut: true }),
    ]);
    await during(free.process, () => free.store.put('/k', '1'));
    expect(await during(cut.process, () => cut.store.get('/k').catch(away))).toBe('away');
    expect(await during(cut.process, () => cut.store.put('/k', 'no').then(() => 'done', away))).toBe('away');
    expect(events).toEqual([]);
    heal.forEach((undo) => undo());
    await during(free.process, () => putUntilDone(free.store, '/k', '2'));
    await world.run(5_000);
    // What the member alone was asked to write while it knew no leader, it has dropped.
    expect([...new Set(events)]).toEqual(['1', '2']);
    expect(await during(cut.process, async () => (await cut.store.get('/k'))?.value)).toBe('2');
    expect(agenda.now()).toBeLessThan(60_000);
  });

  test('without the leader another one is elected; what is acknowledged stays', async () => {
    const world = await etcdWorld();
    const { store, process } = world.store(world.follower());
    await world.during(process, () => store.put('/k', '1'));
    const dead = world.etcd.members.find((member) => member.host === world.leader());
    dead?.stop(true);
    await world.during(process, () => putUntilDone(store, '/k', '2'));
    dead?.start();
    await world.run(2_000);
    expect(await world.during(process, async () => (await store.get('/k'))?.value)).toBe('2');
  });

  test('a message of a process that was killed arrives when the way is free, and is carried out', async () => {
    const world = await etcdWorld(1);
    world.network.setUp('z', true);
    const heal = world.network.impair('z', 'a', { cut: true });
    const { store, process } = world.store('z');
    world.agenda.after(0, () => process.run(() => void store.put('/k', 'from the dead').catch(() => undefined)));
    world.agenda.after(500, () => process.kill());
    world.agenda.after(20_000, heal);
    await world.run(19_000);
    expect(world.commits).toEqual([]);
    await world.run(10_000);
    expect(world.commits).toEqual(['client on z: /k=from the dead']);
  });
});

describe('leases', () => {
  const key = async (store: EtcdStore, ttl: number): Promise<string> => {
    const lease = await store.grantOnce(ttl);
    await store.put('/leased', 'yes', lease);
    return lease;
  };

  test('run out half a second late at most, and take their keys along; renewed, they live on', async () => {
    const world = await etcdWorld();
    const { store, process } = world.store('a');
    const lease = await world.during(process, () => key(store, 5));
    const grantedAt = world.agenda.now();
    await world.run(4_000);
    expect(await world.during(process, () => store.keepAliveOnce(lease))).toBe(5);
    await world.run(4_500);
    expect(await world.during(process, () => store.get('/leased'))).toBeDefined();
    await world.run(2_500);
    expect(await world.during(process, () => store.get('/leased'))).toBeUndefined();
    expect(await world.during(process, () => store.keepAliveOnce(lease))).toBe(0);
    expect(world.agenda.now() - grantedAt).toBeLessThan(13_000);
  });

  test('who cannot be answered renews them and does not hear of it', async () => {
    const world = await etcdWorld();
    const alone = world.follower();
    const { store, process } = world.store(alone);
    const lease = await world.during(process, () => key(store, 5));
    await world.run(3_000);
    const others = ['a', 'b', 'c'].filter((host) => host !== alone);
    const heal = others.map((host) => world.network.impair(host, alone, { cut: true }));
    const renewal = () => store.keepAliveOnce(lease).then(() => 'heard', away);
    expect(await world.during(process, renewal)).toBe('away');
    heal.forEach((undo) => undo());
    await world.run(3_000);
    expect(await world.during(process, () => store.get('/leased'))).toBeDefined();
  });

  test('a new leader gives them their full time again; without a quorum none runs out', async () => {
    const world = await etcdWorld();
    const { store, process } = world.store('a');
    await world.during(process, () => key(store, 5));
    await world.run(4_000);
    world.etcd.depose();
    await world.run(4_000);
    expect(await world.during(process, () => store.get('/leased'))).toBeDefined();
    const [b, c] = ['b', 'c'].map((host) => world.etcd.members.find((member) => member.host === host));
    b?.stop(true);
    c?.stop(true);
    await world.run(60_000);
    b?.start();
    await world.run(2_000);
    expect(await world.during(process, () => store.get('/leased'))).toBeDefined();
    await world.run(6_000);
    expect(await world.during(process, () => store.get('/leased'))).toBeUndefined();
  });

  test('a leader whose clock is fast ends them early', async () => {
    const world = await etcdWorld(1);
    const { store, process } = world.store('a');
    world.clock.setRate(2);
    await world.during(process, () => key(store, 10));
    await world.run(6_000);
    expect(await world.during(process, () => store.get('/leased'))).toBeUndefined();
  });
});

describe('watches', () => {
  test('what was compacted is not told: the watch goes on from the present, and says so', async () => {
    const world = await etcdWorld();
    const { store, process } = world.store('a');
    await world.during(process, async () => {
      for (let i = 0; i < 5; i++) await store.put('/k', String(i));
    });
    world.etcd.compact();
    await world.run(1_000);
    const said: string[] = [];
    const handlers = {
      onEvent: (event: { value: string }) => void said.push(event.value),
      onResync: () => void said.push('resync'),
    };
    await world.during(process, () => store.watch('/', handlers, 2));
    await world.during(process, () => store.put('/k', 'after'));
    await world.run(1_000);
    expect(said).toEqual(['resync', 'after']);
  });

  test('a member that stands still keeps a watch open and says nothing on it, until it goes on', async () => {
    const world = await etcdWorld();
    const { store, process } = world.store('a');
    const told: string[] = [];
    await world.during(process, () => store.watch('/', { onEvent: ({ value }) => void told.push(value) }));
    const other = world.store('b');
    const still = world.etcd.members.find((member) => member.host === 'a');
    still?.pause();
    await world.run(3_000);
    await world.during(other.process, () => other.store.put('/k', '1'));
    await world.run(30_000);
    expect(told).toEqual([]);
    still?.resume();
    await world.run(5_000);
    expect(told).toEqual(['1']);
  });

  test('one through a machine that lost its power is found to be dead, and opened elsewhere', async () => {
    const world = await etcdWorld();
    const [host, client] = [world.follower(), world.leader()];
    const { store, process } = world.store(client);
    const away = world.etcd.members.find((member) => member.host === client);
    away?.stop(true);
    const told: string[] = [];
    await world.during(process, () => store.watch('/', { onEvent: ({ value }) => void told.push(value) }));
    away?.start();
    world.network.setUp(host, false);
    world.etcd.members.find((member) => member.host === host)?.stop(false);
    await world.run(2_000);
    await world.during(process, async () => {
      await store.put('/k', '1').catch(() => store.put('/k', '1'));
    });
    await world.run(30_000);
    expect(told).toContain('1');
  });
});
