import { expect, test } from 'vitest';
import { keyCopy } from '#platform/fleet/registry/key-copy.ts';

const put = (key: string, value: string, revision: number) =>
  ({ type: 'put', key, value, revision, version: 1 }) as const;
const gone = (key: string, revision: number) => ({ type: 'delete', key, value: '', revision, version: 0 }) as const;

test('what a late watch says again undoes nothing that is newer', () => {
  const copy = keyCopy(() => undefined);
  copy.adopt([], 5);
  for (const event of [put('/a', '1', 6), put('/b', '1', 7), gone('/b', 8), put('/a', '2', 9)]) copy.take(event);
  for (const late of [put('/a', '1', 6), put('/b', '1', 7)]) copy.take(late);
  expect([copy.value('/a'), copy.value('/b'), copy.seen()]).toEqual(['2', undefined, 9]);
});

test('all keys of one transaction are taken in, which have one revision', () => {
  const copy = keyCopy(() => undefined);
  copy.adopt([], 5);
  for (const event of [put('/a', '1', 6), put('/b', '1', 6), gone('/a', 7), put('/b', '2', 7)]) copy.take(event);
  expect([copy.value('/a'), copy.value('/b')]).toEqual([undefined, '2']);
});

test('a listing has said what comes up to its revision; one of another store begins anew', () => {
  const copy = keyCopy(() => undefined);
  copy.adopt([{ key: '/a', value: '2', version: 2, createRevision: 6, modRevision: 9, lease: '0' }], 10);
  copy.take(put('/a', '1', 8));
  expect(copy.value('/a')).toBe('2');
  copy.adopt([], 3);
  copy.take(put('/a', 'new', 4));
  expect([copy.value('/a'), copy.seen()]).toEqual(['new', 4]);
});
