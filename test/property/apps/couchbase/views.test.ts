import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentStore } from '../../../../apps/couchbase/src/bucket/document-store.ts';
import { compareKeys } from '../../../../apps/couchbase/src/views/collation.ts';
import type { Json } from '../../../../apps/couchbase/src/views/json.ts';
import { selectRows } from '../../../../apps/couchbase/src/views/select-rows.ts';
import { ViewIndex, type Row } from '../../../../apps/couchbase/src/views/view-index.ts';
import { readViewQuery } from '../../../../apps/couchbase/src/views/view-query.ts';

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const sign = (left: Json, right: Json) => Math.sign(compareKeys(left, right)) + 0;

test('the order CouchDB documents', () => {
  const ordered: Json[] = [
    ...[null, false, true, -1.5, 0, 1, 2, 10, 'a', 'A', 'aa', 'b', 'B', 'ba', 'bb'],
    ...[['a'], ['b'], ['b', 'c'], ['b', 'c', 'a'], ['b', 'd'], ['b', 'd', 'e']],
    ...[{ a: 1 }, { a: 2 }, { b: 1 }, { b: 2 }, { b: 2, a: 1 }, { b: 2, c: 2 }],
  ];
  ordered.forEach((left, at) =>
    ordered.forEach((right, other) => expect(sign(left, right)).toBe(Math.sign(at - other))),
  );
});

test('collation is a total order', () => {
  fc.assert(
    fc.property(json, json, json, (a, b, c) => {
      expect(sign(a, a)).toBe(0);
      expect(sign(a, b)).toBe(0 - sign(b, a));
      const [low, middle, high] = [a, b, c].sort(compareKeys) as [Json, Json, Json];
      expect(sign(low, middle)).toBeLessThanOrEqual(0);
      expect(sign(middle, high)).toBeLessThanOrEqual(0);
      expect(sign(low, high)).toBeLessThanOrEqual(0);
    }),
  );
});

const key = fc.nat(15).map((number) => `k${number}`);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key, keys: fc.array(fc.nat(5), { maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), key }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'update' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
);

test('an index kept up to date step by step equals one built from nothing', () => {
  const map = 'function (doc, meta) { doc.keys.forEach(function (k, i) { emit(k, meta.id + i); }); }';
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = new DocumentStore(() => 1_700_000_000_000, 1e9);
      const index = new ViewIndex(store, map);
      for (const action of steps) {
        if (action.kind === 'put') {
          const value = Buffer.from(JSON.stringify({ keys: action.keys }));
          store.put({ key: Buffer.from(action.key), value, flags: 0, expiry: 0 });
        } else if (action.kind === 'remove') {
          const document = store.get(Buffer.from(action.key));
          if (document !== undefined) store.remove(document);
        } else if (action.kind === 'flush') store.flush();
        else index.update();
      }
      index.update();
      const fresh = new ViewIndex(store, map);
      fresh.update();
      expect(index.rows).toEqual(fresh.rows);
    }),
    { numRuns: 50 },
  );
});

test('a range gives the rows a plain filter gives, in either direction', () => {
  const bound = fc.option(fc.nat(12), { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(fc.nat(10)),
      bound,
      bound,
      fc.boolean(),
      fc.boolean(),
      (keys, start, end, descending, inclusive) => {
        const rows: Row[] = keys
          .sort((left, right) => left - right)
          .map((number, at) => ({ key: number, id: `${1000 + at}`, value: null, source: '' }));
        const parameters = new URLSearchParams({ descending: String(descending), inclusive_end: String(inclusive) });
        if (start !== undefined) parameters.set('startkey', String(start));
        if (end !== undefined) parameters.set('endkey', String(end));
        const direction = descending ? -1 : 1;
        const expected = (descending ? [...rows].reverse() : rows).filter(({ key: number }) => {
          const fromStart = start === undefined ? 0 : (Number(number) - start) * direction;
          const toEnd = end === undefined ? 1 : (end - Number(number)) * direction;
          return fromStart >= 0 && (inclusive ? toEnd >= 0 : toEnd > 0);
        });
        expect(selectRows(rows, readViewQuery(parameters))).toEqual(expected);
      },
    ),
  );
});
