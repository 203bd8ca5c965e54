import { expect, test } from 'vitest';
import { absoluteExpiry } from '#apps/couchbase/src/bucket/document.ts';
import type { DocumentStore } from '#apps/couchbase/src/bucket/document-store.ts';
import { concatenate, count, remove, touch, write } from '#apps/couchbase/src/bucket/operations.ts';
import { vbucketOf } from '#apps/couchbase/src/bucket/vbucket.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { newCollections, newStore } from '../support/store.ts';

let now = 1_700_000_000_000;
const created = (quotaBytes = 1e9) => newStore({ nowMs: () => now, quotaBytes });
const key = 'k';
const set = (
  store: DocumentStore,
  value: string,
  args: { expiry?: number; flags?: number; key?: string; cas?: number } = {},
) =>
  write(store, 'set', {
    key: args.key ?? key,
    value,
    flags: args.flags ?? 0,
    expiry: args.expiry ?? 0,
    cas: args.cas ?? 0,
    preserveExpiry: false,
  });
const casOf = (result: ReturnType<typeof set>) => (typeof result === 'number' ? 0 : result.cas);

test('CAS rises strictly, also when the clock stands still or steps back', () => {
  const store = created();
  const values = [casOf(set(store, '1')), casOf(set(store, '2'))];
  now -= 60_000;
  values.push(casOf(set(store, '3')));
  now += 60_000;
  values.push(casOf(touch(store, key, 0)));
  expect(values.every((cas, index) => cas > (values[index - 1] ?? 0))).toBe(true);
});

test('a document is gone when its time is over, and the change is in the log', () => {
  const store = created();
  store.changes.follow();
  set(store, 'short', { expiry: 10 });
  const { head } = store.changes;
  now += 9_999;
  store.tick();
  expect(store.get(key)?.value).toBe('short');
  now += 1;
  store.tick();
  expect([store.count, store.quota.usedBytes]).toEqual([0, 0]);
  expect(store.changes.since(head)).toEqual({ keys: new Set(['k']), upTo: head + 1 });
  expect(typeof write(store, 'add', { key, value: key, flags: 0, expiry: 0, cas: 0, preserveExpiry: false })).toBe(
    'object',
  );
});

test('what ends is let go of whatever became of its expiry before, and after a clock that stepped far', () => {
  const store = created();
  for (let n = 0; n < 100; n++) set(store, 'x', { key: `k${n}`, expiry: n + 1 });
  touch(store, 'k0', 1000);
  set(store, 'for ever', { key: 'k1' });
  remove(store, 'k2', 0);
  now += 50_000;
  store.tick();
  expect(store.count).toBe(50 + 2);
  now += 10_000_000;
  store.tick();
  expect([...store.keys()]).toEqual(['k1']);
});

test.each([
  [0, 0],
  [60, 1_700_000_060],
  [30 * 86_400, 1_700_000_000 + 30 * 86_400],
  [30 * 86_400 + 1, 30 * 86_400 + 1],
  [1_800_000_000, 1_800_000_000],
])('expiry %i becomes %i', (given, absolute) => {
  expect(absoluteExpiry(given, 1_700_000_000_000)).toBe(absolute);
});

test('bytes are counted both ways; over the quota nothing changes', () => {
  const store = created(354);
  set(store, 'x'.repeat(100));
  expect(store.quota.usedBytes).toBe(311);
  expect(set(store, 'x'.repeat(144))).toBe(statuses.noMemory);
  expect(store.get(key)?.value.length).toBe(100);
  set(store, 'x');
  expect(store.quota.usedBytes).toBe(212);
  remove(store, key, 0);
  expect(store.quota.usedBytes).toBe(0);
});

test('counters: create, wrap at 2^64, stop at 0, refuse text', () => {
  const store = created();
  const by = (delta: bigint, expiry = 0) => {
    const result = count(store, { key, delta, initial: 5n, expiry, cas: 0 });
    return typeof result === 'number' ? result : result.total;
  };
  expect(by(1n, 0xffff_ffff)).toBe(statuses.notFound);
  expect([by(1n), by(1n), by(-100n)]).toEqual([5n, 6n, 0n]);
  set(store, String(2n ** 64n - 1n));
  expect(by(2n)).toBe(1n);
  set(store, 'text');
  expect(by(1n)).toBe(statuses.deltaBadValue);
  set(store, String(2n ** 64n));
  expect(by(1n)).toBe(statuses.deltaBadValue);
});

test('append keeps flags and expiry, and respects CAS', () => {
  const store = created();
  set(store, 'b', { flags: 9, expiry: 100 });
  const before = store.get(key);
  concatenate(store, 'append', { key, value: 'c', cas: 0 });
  concatenate(store, 'prepend', { key, value: 'a', cas: 0 });
  expect(store.get(key)).toMatchObject({ flags: 9, expiry: before?.expiry, value: 'abc' });
  expect(concatenate(store, 'append', { key, value: key, cas: before?.cas ?? 0 })).toBe(statuses.exists);
});

test('emptying makes followers of the change log start over', () => {
  const store = created();
  store.changes.follow();
  set(store, '1');
  const { head } = store.changes;
  store.clear();
  expect([store.count, store.quota.usedBytes, store.changes.since(head)]).toEqual([0, 0, 'lost']);
});

test('the change log stays in proportion to the live documents, and keeps nothing for nobody', () => {
  const store = created();
  const churn = () => {
    for (let n = 0; n < 5000; n++) {
      set(store, 'x', { key: `k${n}` });
      remove(store, `k${n}`, 0);
    }
  };
  churn();
  expect(store.changes.size).toBe(0);
  store.changes.follow();
  churn();
  expect(store.changes.size).toBeLessThan(1100);
  expect(store.changes.since(0)).toBe('lost');
  store.changes.unfollow();
  expect([store.changes.size, store.changes.since(store.changes.head)]).toEqual([0, 'lost']);
});

test('tombstones: the last so many of plain ones, and the revision goes on', () => {
  const store = newStore({ tombstones: 3 });
  for (let n = 0; n < 5; n++) {
    set(store, 'x', { key: `k${n}` });
    remove(store, `k${n}`, 0);
  }
  const found = (name: string) => store.find(name)?.deleted;
  expect(['k0', 'k1', 'k2', 'k3', 'k4'].map(found)).toEqual([undefined, undefined, true, true, true]);
  expect([...store.keys()]).toEqual([]);
  set(store, 'again', { key: 'k4' });
  expect(store.find('k4')).toMatchObject({ deleted: false, revision: 3 });
  // One that was written again is not the tombstone that goes.
  for (let n = 5; n < 9; n++) store.bury(`k${n}`, '', 0);
  expect(store.get('k4')?.value).toBe('again');
});

test('tombstones with attributes count as bytes, and go after three days', () => {
  const store = created(1000);
  store.bury(key, '{"_a":1}', 0);
  expect(store.quota.usedBytes).toBe(210 + 1 + 8);
  expect(store.bury('k2', `{"_a":"${'x'.repeat(600)}"}`, 0)).toBe('full');
  now += 3 * 86_400_000 - 1;
  store.tick();
  expect(store.find(key)?.deleted).toBe(true);
  now += 2000;
  store.tick();
  expect([store.find(key), store.quota.usedBytes]).toEqual([undefined, 0]);
});

test('collections share quota and sequence numbers, and nothing else', () => {
  const collections = newCollections({ quotaBytes: 1120 });
  collections.createScope('shop');
  collections.createCollection('shop', 'orders', 0);
  const id = collections.scope('shop')?.collections.get('orders')?.id ?? 0;
  const [one, other] = [collections.default, collections.store(id)];
  if (other === undefined) throw new Error('no such collection');
  set(one, 'x'.repeat(300));
  set(other, 'y'.repeat(300));
  expect([one.get(key)?.value[0], other.get(key)?.value[0]]).toEqual(['x', 'y']);
  expect(other.get(key)?.seqno).toBe((one.get(key)?.seqno ?? 0) + 1);
  expect(set(one, 'z', { key: 'more' })).toBe(statuses.noMemory);
  collections.dropCollection('shop', 'orders');
  expect([collections.store(id), one.quota.usedBytes]).toEqual([undefined, 511]);
  expect(typeof set(one, 'z', { key: 'more' })).toBe('object');
});

// Computed with Python: (zlib.crc32(key) >> 16 & 0x7fff) % 1024.
test.each([
  ['a', 183],
  ['foo', 115],
  ['rsvp-101', 791],
  ['gr\xc3\xbc\xc3\x9fe', 110],
])('vBucket of %s', (name, vbucket) => {
  expect(vbucketOf(name)).toBe(vbucket);
});

test('a collection has the longest life of its bucket, unless it has one of its own, or none', () => {
  const collections = newCollections({ nowMs: () => 1_000_000, maxTtlS: 100 });
  const latest = [0, 10, -1].map((maxTtl, index) => {
    collections.createCollection('_default', `c${index}`, maxTtl);
    const store = collections.stores.at(-1);
    return [0, 50, 500].map((expiry) => store?.expiryFromNow(expiry));
  });
  expect(latest).toEqual([
    [1100, 1050, 1100],
    [1010, 1010, 1010],
    [0, 1050, 1500],
  ]);
  expect(collections.default.expiryFromNow(0)).toBe(1100);
});
