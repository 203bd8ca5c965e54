import { expect, test } from 'vitest';
import { absoluteExpiry } from '#apps/couchbase/src/bucket/document.ts';
import { DocumentStore } from '#apps/couchbase/src/bucket/document-store.ts';
import { concatenate, count, remove, touch, write } from '#apps/couchbase/src/bucket/operations.ts';
import { vbucketOf } from '#apps/couchbase/src/bucket/vbucket.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';

let now = 1_700_000_000_000;
const created = (quota = 1e9) => new DocumentStore(() => now, quota);
const key = Buffer.from('k');
const set = (store: DocumentStore, value: string, expiry = 0) =>
  write(store, 'set', { key, value: Buffer.from(value), flags: 0, expiry, cas: 0n, preserveExpiry: false });
const casOf = (result: ReturnType<typeof set>) => (typeof result === 'number' ? 0n : result.cas);

test('CAS rises strictly, also when the clock stands still or steps back', () => {
  const store = created();
  const values = [casOf(set(store, '1')), casOf(set(store, '2'))];
  now -= 60_000;
  values.push(casOf(set(store, '3')));
  now += 60_000;
  values.push(casOf(touch(store, key, 0)));
  expect(values.every((cas, index) => cas > (values[index - 1] ?? 0n))).toBe(true);
});

test('a document is gone when its time is over, and the change is in the log', () => {
  const store = created();
  set(store, 'short', 10);
  const { head } = store.changes;
  now += 9_999;
  expect(store.get(key)?.value.toString()).toBe('short');
  now += 1;
  store.expireDue();
  expect([store.count, store.usedBytes]).toEqual([0, 0]);
  expect(store.changes.since(head)).toEqual({ keys: new Set(['k']), upTo: head + 1 });
  expect(typeof write(store, 'add', { key, value: key, flags: 0, expiry: 0, cas: 0n, preserveExpiry: false })).toBe(
    'object',
  );
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
  const store = created(200);
  set(store, 'x'.repeat(100));
  expect(store.usedBytes).toBe(157);
  expect(set(store, 'x'.repeat(144))).toBe(statuses.noMemory);
  expect(store.get(key)?.value.length).toBe(100);
  set(store, 'x');
  expect(store.usedBytes).toBe(58);
  remove(store, key, 0n);
  expect(store.usedBytes).toBe(0);
});

test('a stored value does not follow the buffer it came in', () => {
  const store = created();
  const segment = Buffer.from('value');
  write(store, 'set', { key, value: segment, flags: 0, expiry: 0, cas: 0n, preserveExpiry: false });
  segment.fill(0);
  expect(store.get(key)?.value.toString()).toBe('value');
});

test('counters: create, wrap at 2^64, stop at 0, refuse text', () => {
  const store = created();
  const by = (delta: bigint, expiry = 0) => {
    const result = count(store, { key, delta, initial: 5n, expiry });
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
  write(store, 'set', { key, value: Buffer.from('b'), flags: 9, expiry: 100, cas: 0n, preserveExpiry: false });
  const before = store.get(key);
  concatenate(store, 'append', { key, value: Buffer.from('c'), cas: 0n });
  concatenate(store, 'prepend', { key, value: Buffer.from('a'), cas: 0n });
  expect(store.get(key)).toMatchObject({ flags: 9, expiry: before?.expiry });
  expect(store.get(key)?.value.toString()).toBe('abc');
  expect(concatenate(store, 'append', { key, value: key, cas: before?.cas ?? 0n })).toBe(statuses.exists);
});

test('flush makes followers of the change log start over', () => {
  const store = created();
  set(store, '1');
  const { head } = store.changes;
  store.flush();
  expect([store.count, store.usedBytes, store.changes.since(head)]).toEqual([0, 0, 'lost']);
});

test('the change log stays in proportion to the live documents', () => {
  const store = created();
  const names = (from: number) => Array.from({ length: 5000 }, (_, index) => Buffer.from(`k${from + index}`));
  for (const name of names(0)) {
    const document = store.put({ key: name, value: name, flags: 0, expiry: 0 });
    if (document !== 'full') store.remove(document);
  }
  expect(store.changes.size).toBeLessThan(1100);
  expect(store.changes.since(0)).toBe('lost');
});

// Computed with Python: (zlib.crc32(key) >> 16 & 0x7fff) % 1024.
test.each([
  ['a', 183],
  ['foo', 115],
  ['rsvp-101', 791],
])('vBucket of %s', (name, vbucket) => {
  expect(vbucketOf(Buffer.from(name))).toBe(vbucket);
});
