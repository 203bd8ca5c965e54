import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { http2Connection } from '#platform/etcd/grpc/http2-connection.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore, StoreEvent } from '#platform/etcd/store.ts';
import { storeOver } from '#platform/etcd/store-over.ts';
import { realEtcd, type RealEtcd } from './real-etcd.ts';
let etcd: RealEtcd;
beforeAll(async () => {
  etcd = await realEtcd();
});
afterAll(() => etcd.stop());

let prefixes = 0;
const kinds: Record<string, () => EtcdStore> = {
  memory: () => memoryStore(),
  grpc: () => openEtcd({ endpoints: etcd.endpoints }),
  gateway: () => gatewayStore({ endpoints: etcd.endpoints }),
  socket: () =>
    storeOver(
      etcd.endpoints.map((endpoint) => http2Connection(endpoint)),
      5000,
    ),
};

describe.concurrent.each(Object.keys(kinds))('store contract: %s', (kind) => {
  let store: EtcdStore;
  beforeAll(() => {
    store = kinds[kind]!();
  });
  afterAll(() => store.close());
  const fresh = () => `/contract/${kind}/${++prefixes}/`;

  test('get, put, delete, versions', async ({ expect }) => {
    const p = fresh();
    expect(await store.get(`${p}a`)).toBeUndefined();
    await store.put(`${p}a`, 'grüße\n');
    await store.put(`${p}a`, '2');
    const kv = await store.get(`${p}a`);
    expect(kv).toMatchObject({ key: `${p}a`, value: '2', version: 2, lease: '0' });
    expect(kv!.modRevision).toBeGreaterThan(kv!.createRevision);
    expect(await store.delete(`${p}a`)).toBe(1);
    expect(await store.delete(`${p}a`)).toBe(0);
  });

  test('an empty value is a value', async ({ expect }) => {
    const p = fresh();
    await store.put(`${p}e`, '');
    expect(await store.get(`${p}e`)).toMatchObject({ value: '', version: 1 });
  });

  test('list is sorted by bytes and a plain string prefix', async ({ expect }) => {
    const p = fresh();
    for (const key of ['b', 'a/2', 'a/10', 'ab', 'é', '\u{1F600}', '\uFF5E']) await store.put(p + key, key);
    const listing = await store.list(p);
    expect(listing.items.map((kv) => kv.value)).toEqual(['a/10', 'a/2', 'ab', 'b', 'é', '\uFF5E', '\u{1F600}']);
    expect((await store.list(`${p}a`)).items).toHaveLength(3);
    expect(listing.revision).toBeGreaterThanOrEqual(Math.max(...listing.items.map((kv) => kv.modRevision)));
    expect(await store.deletePrefix(`${p}a`)).toBe(3);
  });

  test('changes since a revision: names of what was put, and how many keys there are', async ({ expect }) => {
    const p = fresh();
    for (const key of ['a', 'b', 'c']) await store.put(p + key, 'before');
    // Not the listing's: other tests write at the same time.
    const revision = (await store.get(`${p}c`))?.modRevision ?? 0;
    expect(await store.changesSince(p, revision)).toMatchObject({ keys: [], count: 3 });
    await store.delete(`${p}b`);
    expect(await store.changesSince(p, revision)).toMatchObject({ keys: [], count: 2 });
    for (const key of ['d', 'c', 'e']) await store.put(p + key, 'after');
    await store.delete(`${p}e`);
    const changes = await store.changesSince(p, revision);
    expect(changes).toMatchObject({ keys: [`${p}c`, `${p}d`], count: 3 });
    expect(changes.revision).toBeGreaterThanOrEqual(revision + 5);
    expect(await store.changesSince(p, 0)).toMatchObject({ keys: [`${p}a`, `${p}c`, `${p}d`], count: 3 });
    expect(await store.changesSince(`${p}none/`, 0)).toMatchObject({ keys: [], count: 0 });
  });

  test('transact: all guards or nothing, one revision', async ({ expect }) => {
    const p = fresh();
    const [a, b] = [`${p}a`, `${p}b`];
    const puts = [
      { put: a, value: '1' },
      { put: b, value: '2' },
    ];
    const revision = await store.transact([{ key: a, absent: true }], puts);
    expect(await store.transact([{ key: a, absent: true }], [{ put: b, value: 'no' }])).toBeUndefined();
    expect(await store.transact([{ key: a, modRevision: 0 }], [{ put: b, value: 'no' }])).toBeUndefined();
    const oneOfTwo = [
      { key: a, exists: true as const },
      { key: b, value: 'x' },
    ];
    expect(await store.transact(oneOfTwo, [{ delete: a }])).toBeUndefined();
    const { modRevision } = (await store.get(a))!;
    expect((await store.get(b))!.modRevision).toBe(modRevision);
    expect(revision).toBe(modRevision);
    const both = [
      { key: a, modRevision },
      { key: b, value: '2' },
    ];
    expect(await store.transact(both, [{ delete: p, prefix: true }])).toBeGreaterThan(modRevision);
    // A key that is not there has no revision.
    expect(await store.transact([{ key: a, modRevision: 0 }], [{ put: a, value: '3' }])).toBeGreaterThan(modRevision);
    expect(await store.deletePrefix(p)).toBe(1);
    expect((await store.list(p)).items).toEqual([]);
    expect(await store.transact([{ key: a, exists: true }], [{ put: a, value: '1' }])).toBeUndefined();
  });

  test('transact refuses a key written twice, as etcd does', async ({ expect }) => {
    const p = fresh();
    const twice = [{ put: `${p}a`, value: '1' }, { delete: p, prefix: true }]; // prettier-ignore
    await expect(store.transact([], twice)).rejects.toMatchObject({ code: 'internal.etcd' });
    await expect(
      store.transact(
        [],
        [
          { put: `${p}a`, value: '1' },
          { put: `${p}a`, value: '2' },
        ],
      ),
    ).rejects.toThrow();
    const many = Array.from({ length: 129 }, (_, i) => ({ put: `${p}${i}`, value: '' }));
    await expect(store.transact([], many)).rejects.toMatchObject({ code: 'internal.etcd' });
    expect((await store.list(p)).items).toEqual([]);
  });

  test('watch: from now, in order, deletes too, nothing of other prefixes', async ({ expect }) => {
    const p = fresh();
    await store.put(`${p}before`, '0');
    const events: StoreEvent[] = [];
    const watch = await store.watch(p, { onEvent: (e) => events.push(e) });
    await store.put(`${p}a`, '1');
    await store.put(`/contract/elsewhere-${kind}`, 'x');
    await store.put(`${p}a`, '2');
    await store.transact([], [{ put: `${p}b`, value: 'b' }, { delete: `${p}a` }]);
    await vi.waitFor(() => expect(events).toHaveLength(4), 30_000);
    expect(events.map((e) => [e.type, e.key.slice(p.length), e.value, e.version])).toEqual(
      [['put', 'a', '1', 1], ['put', 'a', '2', 2], ['put', 'b', 'b', 1], ['delete', 'a', '', 0]], // prettier-ignore
    );
    expect(events[2]!.revision).toBe(events[3]!.revision);
    await watch.close();
    await store.put(`${p}a`, 'after close');
    await store.get(p);
    expect(events).toHaveLength(4);
  });

  test('watch from a revision: list and go on without a gap', async ({ expect }) => {
    const p = fresh();
    await store.put(`${p}a`, '1');
    const listing = await store.list(p);
    await store.put(`${p}a`, '2');
    await store.delete(`${p}a`);
    const events: StoreEvent[] = [];
    const watch = await store.watch(p, { onEvent: (e) => events.push(e) }, listing.revision + 1);
    await store.put(`${p}a`, '3');
    await vi.waitFor(() => expect(events.map((e) => e.type + e.value)).toEqual(['put2', 'delete', 'put3']), 30_000);
    await watch.close();
  });

  test('a lease renews itself past its time, and its keys go with it', async ({ expect }) => {
    const p = fresh();
    const lease = await store.grant(5);
    expect(lease.ttlSeconds).toBe(5);
    await store.put(`${p}l`, 'v', lease.id);
    expect((await store.get(`${p}l`))!.lease).toBe(lease.id);
    await new Promise((resolve) => setTimeout(resolve, 7500)); // longer than etcd would take to expire it: the thing under test
    expect(await store.get(`${p}l`)).toBeDefined();
    await lease.revoke();
    await lease.lost;
    expect(await store.get(`${p}l`)).toBeUndefined();
    await lease.revoke(); // gone already: no error
  });

  test('grantOnce, keepAliveOnce, leaseTtl, expiry', async ({ expect }) => {
    const p = fresh();
    const id = await store.grantOnce(5);
    await store.put(`${p}o`, 'v', id);
    expect(await store.keepAliveOnce(id)).toBe(5);
    const ttl = await store.leaseTtl(id);
    expect(ttl.granted).toBe(5);
    expect(ttl.keys).toEqual([`${p}o`]);
    expect(ttl.remaining).toBeGreaterThanOrEqual(0);
    await vi.waitFor(async () => expect(await store.get(`${p}o`)).toBeUndefined(), { timeout: 30_000, interval: 100 });
    expect(await store.keepAliveOnce(id)).toBeLessThanOrEqual(0);
    expect((await store.leaseTtl(id)).remaining).toBeLessThanOrEqual(0);
    await expect(store.put(`${p}o`, 'v', id)).rejects.toMatchObject({ code: 'state.etcd-lease' });
    await store.revokeLease(id);
  });

  test('an abandoned lease runs out; a lease revoked by another is reported lost', async ({ expect }) => {
    const p = fresh();
    const abandoned = await store.grant(5);
    await store.put(`${p}x`, 'v', abandoned.id);
    abandoned.abandon();
    const taken = await store.grant(5);
    await store.revokeLease(taken.id);
    await taken.lost;
    await vi.waitFor(async () => expect(await store.get(`${p}x`)).toBeUndefined(), { timeout: 30_000, interval: 100 });
  });
});
