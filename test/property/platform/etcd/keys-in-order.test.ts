import { byBytes } from '#platform/etcd/memory/by-bytes.ts';
import { keyspace } from '#platform/etcd/memory/keyspace.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Few letters, so that texts begin alike, among them the first and last of each length in UTF-8 and halves of pairs put together. */
const letter = fc.constantFrom(
  '/',
  'a',
  'b',
  '\u007f',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
);
const key = fc.array(letter, { maxLength: 5 }).map((letters) => letters.join(''));
const change = fc.record({ key, kind: fc.constantFrom('put', 'delete', 'deletePrefix') });

describe('the order of keys', () => {
  it('is that of their bytes', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('is kept whatever is put and deleted, and a prefix finds all that begin with it', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), key, (changes, prefix) => {
        const keys = keyspace();
        const there = new Set<string>();
        for (const { key, kind } of changes) {
          keys.apply([kind === 'put' ? { put: key, value: key } : { delete: key, prefix: kind === 'deletePrefix' }]);
          if (kind === 'put') there.add(key);
          else for (const one of there) if (kind === 'delete' ? one === key : one.startsWith(key)) there.delete(one);
        }
        const expected = [...there]
          .filter((one) => one.startsWith(prefix))
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(keys.list(prefix).map((kv) => kv.key)).toEqual(expected);
      }),
    );
  });
});
