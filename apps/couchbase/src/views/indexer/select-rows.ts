import { compareKeys } from '../collation.ts';
import type { Json } from '../json.ts';
import type { ViewQuery } from '../view-query.ts';
import { compareIds, type Row } from './view-index.ts';

/** Rows inside a query's key or range, in its direction; skip and limit come later, after a reduce. */
export function* selectRows(rows: readonly Row[], query: ViewQuery): Generator<Row> {
  const keys = query.keys ?? (query.key === undefined ? undefined : [query.key]);
  if (keys === undefined) yield* directed(rows, rangeOf(rows, query), query);
  else for (const key of keys) yield* directed(rows, equalTo(rows, key), query);
}

type Range = readonly [from: number, to: number];

interface Bound {
  readonly key: Json;
  readonly id: string | undefined;
}

function rangeOf(rows: readonly Row[], query: ViewQuery): Range {
  const start = query.startKey === undefined ? undefined : { key: query.startKey, id: query.startId };
  const end = query.endKey === undefined ? undefined : { key: query.endKey, id: query.endId };
  // Descending walks the same rows from the far side: start is then the upper end of the range.
  const [lower, upper] = query.descending ? [end, start] : [start, end];
  const [lowerOpen, upperOpen] = query.descending ? [!query.inclusiveEnd, false] : [false, !query.inclusiveEnd];
  const from = lower === undefined ? 0 : firstIndex(rows, (row) => position(row, lower) >= (lowerOpen ? 1 : 0));
  const to = upper === undefined ? rows.length : firstIndex(rows, (row) => position(row, upper) >= (upperOpen ? 0 : 1));
  return [from, to];
}

/** -1 before the bound, 0 on it, 1 after it. Without a document id all rows of the key are on it. */
function position(row: Row, bound: Bound): number {
  const order = Math.sign(compareKeys(row.key, bound.key));
  return order !== 0 || bound.id === undefined ? order : compareIds(row.id, bound.id);
}

function equalTo(rows: readonly Row[], key: Json): Range {
  const bound = { key, id: undefined };
  return [firstIndex(rows, (row) => position(row, bound) >= 0), firstIndex(rows, (row) => position(row, bound) > 0)];
}

/** First index whose row satisfies `test`; rows are sorted so that once true it stays true. */
function firstIndex(rows: readonly Row[], test: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && test(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function* directed(rows: readonly Row[], [from, to]: Range, query: ViewQuery): Generator<Row> {
  for (let at = 0; at < to - from; at++) {
    const row = rows[query.descending ? to - 1 - at : from + at];
    if (row !== undefined) yield row;
  }
}
