import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compacted, indented } from '#apps/couchbase/page/parts/json-text.ts';
import { hrefOf, placeOf, type Place } from '#apps/couchbase/page/shell/route.ts';

const name = fc.string({ minLength: 1, unit: 'grapheme' });

test('an address leads to the place it was made of, whatever names are in it', () => {
  const place: fc.Arbitrary<Place> = fc.oneof(
    fc.constantFrom<Place>({ page: 'overview' }, { page: 'users' }, { page: 'documents', bucket: undefined }),
    fc.record({ page: fc.constantFrom('bucket' as const, 'new-document' as const, 'new-view' as const), bucket: name }),
    fc.record({ page: fc.constantFrom('documents' as const, 'views' as const), bucket: name }),
    fc.record({ page: fc.constant('document' as const), bucket: name, key: name }),
    fc.record({ page: fc.constant('view' as const), bucket: name, design: name, view: name }),
  );
  const found = (one: Place) => placeOf(new URL(hrefOf(one), 'http://h/ui/').hash);
  fc.assert(
    fc.property(place, (one) => {
      expect(found(one)).toEqual(one);
    }),
  );
  expect(['', '#', '#/nowhere/x', '#/bucket', '#/%'].map(placeOf)).toEqual(
    Array.from({ length: 5 }, () => ({ page: 'overview' })),
  );
});

test('JSON over lines is the same JSON, and without blanks again what JSON.stringify makes', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const value: unknown = JSON.parse(json);
      expect(JSON.parse(indented(json))).toEqual(value);
      expect(compacted(indented(json))).toBe(compacted(json));
      expect(indented(indented(json))).toBe(indented(json));
      expect(compacted(JSON.stringify(value, undefined, 3))).toBe(JSON.stringify(value));
      expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
    }),
  );
});

test('large numbers, doubled keys and odd strings stay what they are', () => {
  const json = '{"b":12345678901234567890,"2":1.0,"1":-0E+400,"b":"a \\"{[,:]}\\\\","e":{},"f":[]}';
  expect(indented(json)).toBe(
    '{\n  "b": 12345678901234567890,\n  "2": 1.0,\n  "1": -0E+400,\n  "b": "a \\"{[,:]}\\\\",\n  "e": {},\n  "f": []\n}',
  );
  expect(compacted(indented(json))).toBe(json);
});
