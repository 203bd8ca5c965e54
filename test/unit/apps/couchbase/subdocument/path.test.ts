import { expect, test } from 'vitest';
import { parsePath } from '#apps/couchbase/src/subdocument/path.ts';
import { xattrName } from '#apps/couchbase/src/subdocument/xattr-names.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';

test.each([
  ['', []],
  ['a', ['a']],
  ['a.b[0].c', ['a', 'b', 0, 'c']],
  ['[3][-1]', [3, -1]],
  ['`a.b`.c', ['a.b', 'c']],
  ['`a``b`', ['a`b']],
  ['`x[0]`[1]', ['x[0]', 1]],
  ['a\\"b', ['a\\"b']],
  // As on a real node.
  ['a.', ['a']],
])('%s', (text, components) => {
  expect(parsePath(text)).toEqual(components);
});

test.each([
  '.',
  '.a',
  'a..b',
  'a]',
  'a[',
  'a[]',
  'a[x]',
  'a[-2]',
  'a[1]b',
  '`a',
  'a"b',
  'a\\u0041',
  'a\\',
  'a\nb',
  '``',
])('no path: %s', (text) => {
  expect(parsePath(text)).toBe(statuses.subdocPathInvalid);
});

test('32 components and no more', () => {
  const path = (components: number) => Array.from({ length: components }, () => 'a').join('.');
  expect(parsePath(path(32))).toHaveLength(32);
  expect(parsePath(path(33))).toBe(statuses.subdocPathTooBig);
});

test.each([
  ['txn.id', 'txn'],
  ['_sync[0]', '_sync'],
  ['$document.CAS', '$document'],
  ['a'.repeat(16), 'a'.repeat(16)],
  ['a'.repeat(17), undefined],
  ['', undefined],
  ['.a', undefined],
  ['!a', undefined],
  ['a\u0001', undefined],
])('attribute of %j', (path, name) => {
  expect(xattrName(path)).toBe(name);
});
