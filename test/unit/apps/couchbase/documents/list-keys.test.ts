import { describe, expect, test } from 'vitest';
import type { DocumentStore } from '#apps/couchbase/src/bucket/document-store.ts';
import { listKeys } from '#apps/couchbase/src/documents/list-keys.ts';
import { newStore } from '../support/store.ts';

const everything = { start: undefined, end: undefined, inclusiveEnd: true };
const mebibytes = 1024 * 1024;

function storeOf(count: number): DocumentStore {
  const store = newStore({ quotaBytes: 400 * mebibytes });
  for (let index = 0; index < count; index++) put(store, `k${String(index).padStart(7, '0')}`);
  return store;
}

function put(store: DocumentStore, key: string): void {
  store.put({ key, value: '{}', xattrs: '', flags: 0, expiry: 0 });
}

describe('listing keys', () => {
  test('lets others go first, and ends though somebody adds keys all the time', async () => {
    const store = storeOf(50_000);
    let turns = 0;
    let isListing = true;
    const add = () => {
      turns += 1;
      for (let index = 0; index < 20_000; index++) put(store, `new-${turns}-${index}`);
      if (isListing) setImmediate(add);
    };
    setImmediate(add);
    // A clock that only looks move: a turn is as many keys on any host, fewer than are added in it.
    const found = await listKeys(store, { range: everything, most: 3, nowMs: ticking(() => 0, 0.01), mostMs: 1e9 });
    isListing = false;
    expect(found).toEqual({ keys: ['k0000000', 'k0000001', 'k0000002'], isComplete: true });
    expect(turns).toBeGreaterThan(1);
  });

  test('gives up when its time is over, and says so', async () => {
    const store = storeOf(10_000);
    const found = await listKeys(store, { range: everything, most: 3, nowMs: ticking(() => 0, 1), mostMs: 100 });
    expect(found.isComplete).toBe(false);
    // The lowest of those that it came by.
    expect(found.keys).toHaveLength(3);
    expect(found.keys).toEqual([...found.keys].sort());
  });

  test('leaves out what expired', async () => {
    let nowMs = 1_000_000;
    const store = newStore({ nowMs: () => nowMs, quotaBytes: mebibytes });
    put(store, 'stays');
    store.put({ key: 'goes', value: '{}', xattrs: '', flags: 0, expiry: 1001 });
    nowMs = 1_002_000;
    const found = await listKeys(store, { range: everything, most: 3, nowMs: () => nowMs, mostMs: 100 });
    expect(found.keys).toEqual(['stays']);
  });
});

/** A clock that goes on by `stepMs` at each look. */
function ticking(clock: () => number, stepMs: number): () => number {
  let looks = 0;
  return () => clock() + ++looks * stepMs;
}
