import { expect, test } from 'vitest';
import type { Change } from '#platform/etcd/v2/changes.ts';
import { recentChanges } from '#platform/etcd/v2/recent-changes.ts';

function change(revision: number, value: string): Change {
  const node = { key: '/k', value, modifiedIndex: revision, createdIndex: 1 };
  return { action: 'set', node, prevNode: undefined, path: '/k', revision, gone: [], lostLease: '0' };
}

test('the last thousand revisions are kept, and where they begin is known', () => {
  const recent = recentChanges();
  recent.beginAt(5);
  for (let revision = 5; revision < 1505; revision++) recent.add([change(revision, 'x'), change(revision, 'y')]);
  expect(recent.all).toHaveLength(1000);
  expect([recent.start, recent.all[0]?.[0]?.revision, recent.all.at(-1)?.[0]?.revision]).toEqual([505, 505, 1504]);
});

test('of large values only as many as fit into 16 MB, and always the last', () => {
  const recent = recentChanges();
  recent.beginAt(1);
  for (let revision = 1; revision <= 40; revision++) recent.add([change(revision, 'x'.repeat(1_000_000))]);
  expect(recent.all.length).toBeGreaterThan(10);
  expect(recent.all.length).toBeLessThan(18);
  expect(recent.start).toBe(recent.all[0]?.[0]?.revision);
  recent.add([change(41, 'x'.repeat(30_000_000))]);
  expect(recent.all).toHaveLength(1);
  recent.beginAt(50);
  expect([recent.start, recent.all]).toEqual([50, []]);
});
