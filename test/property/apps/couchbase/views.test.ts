import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '#apps/couchbase/src/views/collation.ts';
import type { Json } from '#apps/couchbase/src/views/json.ts';
import { selectRows } from '#apps/couchbase/src/views/indexer/select-rows.ts';
import { compareRows, ViewIndex, type Row } from '#apps/couchbase/src/views/indexer/view-index.ts';
import { readViewQuery } from '#apps/couchbase/src/views/view-query.ts';

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const sign = (left: Json, right: Json) => Math.sign(compareKeys(left, right)) + 0;

test('the order CouchDB documents', () => {
  const ordered: Json[] = [
    null,
    false,
    true,
    -1.5,
    0,
    1,
    2,
    10,
    'a',
    'A',
    'aa',
    'b',
    'B',
    'ba',
    'bb',
    ['a'],
    ['b'],
    ['b', 'c'],
    ['b', 'c', 'a'],
    ['b', 'd'],
    ['b', 'd', 'e'],
    { a: 1 },
    { a: 2 },
    { b: 1 },
    { b: 2 },
    { b: 2, a: 1 },
    { b: 2, c: 2 },
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
  { weight: 5, arbitrary: fc.record({ key, keys: fc.array(fc.nat(5), { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ key, keys: fc.constant([]) }) },
  { weight: 2, arbitrary: fc.constant('commit' as const) },
  { weight: 1, arbitrary: fc.constant('give up' as const) },
  { weight: 1, arbitrary: fc.constant('fresh' as const) },
);

test('an index kept up to date step by step equals its rows sorted at once, and counts them', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const total = { rows: 0, bytes: 0 };
      const index = new ViewIndex(total);
      let committed = new Map<string, readonly number[]>();
      let draft = new Map<string, readonly number[]>();
      for (const action of [...steps, 'commit' as const]) {
        if (action === 'commit') {
          index.commit();
          committed = new Map(draft);
        } else if (action === 'give up') {
          index.begin(false);
          draft = new Map(committed);
        } else if (action === 'fresh') {
          index.begin(true);
          draft = new Map();
        } else {
          const pairs = action.keys.map((emitted, at) => [emitted, `${action.key}${at}`] as const);
          index.put(action.key, action.key, pairs);
          draft.set(action.key, action.keys);
        }
      }
      const expected = [...committed].flatMap(([id, keys]) => keys.map((emitted) => ({ emitted, id })));
      const found = index.rows.map((row) => ({ emitted: row.key, id: row.id }));
      const text = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
      expect(text(found)).toEqual(text(expected));
      expect([...index.rows].sort(compareRows)).toEqual(index.rows);
      expect(total.rows).toBe(expected.length);
      index.drop();
      expect(total).toEqual({ rows: 0, bytes: 0 });
    }),
    { numRuns: 300 },
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
          .map((number, at) => ({ key: number, id: `${1000 + at}`, value: 'null', source: '', bytes: 1, turn: 0 }));
        const parameters = new URLSearchParams({ descending: String(descending), inclusive_end: String(inclusive) });
        if (start !== undefined) parameters.set('startkey', String(start));
        if (end !== undefined) parameters.set('endkey', String(end));
        const direction = descending ? -1 : 1;
        const expected = (descending ? [...rows].reverse() : rows).filter(({ key: number }) => {
          const fromStart = start === undefined ? 0 : (Number(number) - start) * direction;
          const toEnd = end === undefined ? 1 : (end - Number(number)) * direction;
          return fromStart >= 0 && (inclusive ? toEnd >= 0 : toEnd > 0);
        });
        expect([...selectRows(rows, readViewQuery(parameters))]).toEqual(expected);
      },
    ),
  );
});
