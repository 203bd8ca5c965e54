import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore, StoreEvent } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { ours } from './ours.ts';

let etcd: RealEtcd;
let store: EtcdStore;
beforeAll(async () => {
  etcd = await realEtcd();
  store = openEtcd({ endpoints: etcd.endpoints });
});
afterAll(async () => {
  await store.close();
  await etcd.stop();
});
afterEach(async () => {
  await store.deletePrefix('/');
  for (const id of await leases()) await store.revokeLease(id);
});

const key = '/services/couchbase/1';
const run = (...args: string[]) => ours(args, etcd.endpoints);
const leases = async (): Promise<string[]> => {
  const answer = await fetch(`${etcd.endpoints[0]}/v3/lease/leases`, { method: 'POST', body: '{}' });
  return ((await answer.json()) as { leases?: { ID: string }[] }).leases?.map((lease) => lease.ID) ?? [];
};
const leaseCount = async () => (await leases()).length;

describe('what a sidekick and the apps rely on', () => {
  test('update of a missing key fails with 4, so that `update || set` works', async () => {
    const out = await run('update', '--ttl', '8', key, '10.1.1.2');
    expect(out.code).toBe(4);
    expect(out.stderr).toMatch(/^Error: {2}100: Key not found \(\/services\) \[\d+\]\n$/);
    expect(await leaseCount()).toBe(0);
    expect(await run('set', '--ttl', '8', key, '10.1.1.2')).toEqual({ code: 0, stdout: '10.1.1.2\n', stderr: '' });
  });

  test('a refresh writes nothing, a set always does; leases do not pile up', async () => {
    const events: StoreEvent[] = [];
    const watch = await store.watch('/services/', { onEvent: (e) => events.push(e) });
    await run('set', '--ttl', '8', key, 'a');
    const first = (await store.get(key))!;
    for (let i = 0; i < 3; i++) expect((await run('update', '--ttl', '8', key, 'a')).stdout).toBe('a\n');
    expect(await store.get(key)).toEqual(first);
    await run('set', '--ttl', '8', key, 'a');
    const second = (await store.get(key))!;
    expect(second.lease).not.toBe(first.lease);
    expect(second.version).toBe(2);
    await run('update', '--ttl', '8', key, 'b'); // another value
    await run('update', '--ttl', '9', key, 'b'); // another time to live
    expect((await store.leaseTtl((await store.get(key))!.lease)).granted).toBe(9);
    expect(await leaseCount()).toBe(1);
    await run('rm', key);
    expect(await leaseCount()).toBe(0);
    await vi.waitFor(
      () => expect(events.map((e) => e.type + e.value)).toEqual(['puta', 'puta', 'putb', 'putb', 'delete']),
      30_000,
    );
    await watch.close();
  });

  test('a refresh keeps the key alive, and without it the key goes', async () => {
    await run('set', '--ttl', '5', key, 'a');
    const endAt = Date.now() + 7500; // longer than the key lives by itself: the thing under test
    while (Date.now() < endAt) {
      expect((await run('update', '--ttl', '5', key, 'a')).code).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await store.get(key))!.version).toBe(1);
    await vi.waitFor(async () => expect((await run('get', key)).code).toBe(4), { timeout: 30_000, interval: 100 });
  });

  test('`set --swap-with-value` of its own value renews, and never writes over what another has announced', async () => {
    const renew = () => run('set', '--ttl', '8', '--swap-with-value', 'a', key, 'a');
    const make = () => run('mk', '--ttl', '8', key, 'a');
    expect((await renew()).code).toBe(4);
    expect((await make()).code).toBe(0);
    const first = (await store.get(key))!;
    expect(await renew()).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
    expect(await store.get(key)).toEqual(first);
    await run('set', '--ttl', '8', key, 'b');
    const other = (await store.get(key))!;
    for (const attempt of [await renew(), await make(), await run('rm', '--with-value', 'a', key)])
      expect(attempt.code).toBe(4);
    expect(await store.get(key)).toEqual(other);
    expect(await leaseCount()).toBe(1);
  });

  test('--ttl below what etcd grants is still a refresh', async () => {
    await run('set', '--ttl', '1', key, 'a');
    await run('update', '--ttl', '1', key, 'a');
    expect((await store.get(key))!.version).toBe(1);
  });

  test('set without --ttl makes a key permanent, and a lease shared with others survives', async () => {
    const shared = await store.grantOnce(60);
    await store.put(key, 'a', shared);
    await store.put('/other', 'x', shared);
    await run('set', key, 'a');
    expect((await store.get(key))!.lease).toBe('0');
    expect(await store.get('/other')).toMatchObject({ value: 'x', lease: shared });
  });

  test('eight sets at once: each is printed, one wins, one lease is left', async () => {
    const values = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const outs = await Promise.all(values.map((value) => run('set', '--ttl', '60', key, value)));
    expect(outs.map((out) => out.stdout.trim())).toEqual(values);
    expect((await store.get(key))!.version).toBe(8);
    expect(await leaseCount()).toBe(1);
    const made = await Promise.all(values.map((value) => run('mk', '/lock', value)));
    expect(made.map((out) => out.code).sort()).toEqual([0, 4, 4, 4, 4, 4, 4, 4]);
  });

  test('a value from standard input, and mk --in-order', async () => {
    expect((await ours(['set', key], etcd.endpoints, 'from stdin')).stdout).toBe('from stdin\n');
    await Promise.all([run('mk', '--in-order', '/queue', 'x'), run('mk', '--in-order', '/queue', 'y')]);
    const keys = (await run('ls', '/queue')).stdout.trim().split('\n');
    expect(keys).toHaveLength(2);
    for (const name of keys) expect(name).toMatch(/^\/queue\/\d{20}$/);
  });
});
