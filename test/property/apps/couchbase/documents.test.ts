import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Document } from '#apps/couchbase/src/bucket/document.ts';
import { isWithin, LowestKeys } from '#apps/couchbase/src/documents/key-range.ts';
import { casOfRevision, revisionOf } from '#apps/couchbase/src/documents/revision.ts';

test('the lowest keys are the first of the sorted ones, in any order of arrival', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 20 }), (keys, most) => {
      const lowest = new LowestKeys(most);
      for (const key of keys) if (lowest.mayHold(key)) lowest.add(key);
      expect(lowest.take()).toEqual([...keys].sort().slice(0, most));
    }),
  );
});

test('a range holds what lies between its ends', () => {
  const end = fc.option(fc.string(), { nil: undefined });
  fc.assert(
    fc.property(fc.string(), end, end, fc.boolean(), (key, start, last, inclusiveEnd) => {
      const isAfter = start === undefined || [start, key].sort()[0] === start;
      const isBefore = last === undefined || (key === last ? inclusiveEnd : [key, last].sort()[0] === key);
      expect(isWithin({ start, end: last, inclusiveEnd }, key)).toBe(isAfter && isBefore);
    }),
  );
});

test('a revision has its CAS in it', () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    // In steps of 1,024 ns, the 64 bits end at 2 ** 54; numbers are exact up to 2 ** 53, the year 2262.
    fc.property(fc.maxSafeNat(), u32, u32, fc.nat(), (cas, flags, expiry, seqno) => {
      const document: Document = {
        cas,
        flags,
        expiry,
        seqno,
        vbucket: 0,
        key: '',
        value: '',
        xattrs: '',
        revision: 1,
        deleted: false,
      };
      expect(casOfRevision(revisionOf(document))).toBe(cas);
    }),
  );
  expect(['', '1-', '1-12', 'x'.repeat(34), `-${'0'.repeat(32)}`].map((text) => casOfRevision(text))).toEqual(
    Array.from({ length: 5 }, () => undefined),
  );
});
