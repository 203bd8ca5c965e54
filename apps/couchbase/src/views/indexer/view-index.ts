import { compareKeys } from '../collation.ts';
import type { Json } from '../json.ts';
import { viewLimits } from '../limits.ts';
import { ViewFault } from './map-program.ts';

/** One emitted pair. `value` is JSON text; `source` is the store's own key of the document it came from. */
export interface Row {
  readonly key: Json;
  readonly id: string;
  readonly value: string;
  readonly source: string;
  readonly bytes: number;
  /** Number of the `put` that brought it. */
  readonly turn: number;
}

/** Rows and their bytes. */
export interface Size {
  rows: number;
  bytes: number;
}

/**
 * A view's rows in order. An update is collected document by document and becomes visible as a whole; arrays of rows are never
 * changed, so that who reads one keeps what he began with.
 */
export class ViewIndex {
  #sorted: readonly Row[] = [];
  #runs: Row[][] = [];
  /** Documents of the update that is going on, with the turn of their last rows: one may change again before it ends. */
  #replaced = new Map<string, number>();
  #turn = 0;
  #fresh = false;
  readonly #total: Size;
  /** What this index adds to `total`; `pending` belongs to the update. */
  #own: Size = { rows: 0, bytes: 0 };
  #pending: Size = { rows: 0, bytes: 0 };

  /** @param total counts the rows of all indexes of the process */
  constructor(total: Size) {
    this.#total = total;
  }

  /** As of the last `commit`, in the order of keys and document ids. The array is never changed. */
  get rows(): readonly Row[] {
    return this.#sorted;
  }

  /** Starts an update; one that was not committed is forgotten. @param fresh drops all rows of before when it is committed */
  begin(fresh: boolean): void {
    this.#grow(this.#pending, -this.#pending.rows, -this.#pending.bytes);
    this.#runs = [];
    this.#replaced = new Map();
    this.#fresh = fresh;
  }

  /** Rows of one document, in place of those it had. @throws ViewFault `limit` when there are too many of them */
  put(source: string, id: string, pairs: readonly (readonly [key: Json, value: Json])[]): void {
    const turn = ++this.#turn;
    this.#replaced.set(source, turn);
    if (pairs.length === 0) return;
    const rows = pairs.map(([key, value]) => makeRow(key, JSON.stringify(value), { id, source, turn }));
    this.#grow(this.#pending, rows.length, bytesOf(rows));
    // Runs of about equal length are merged, so that no single step sorts everything.
    this.#runs.push(rows.sort(compareRows));
    for (let last = this.#runs.length - 1; last > 0; last--) {
      const [left = [], right = []] = this.#runs.slice(last - 1);
      if (left.length > 2 * right.length) break;
      this.#runs.splice(last - 1, 2, merge(left, right));
    }
    this.#check();
  }

  /** Makes the update visible: its rows take the place of all that its documents had. */
  commit(): void {
    const added = this.#runs.reduceRight<Row[]>((right, left) => merge(left, right), []);
    // A document that changed twice in one update has two sets of rows here: the later one counts.
    const current = added.filter((row) => this.#replaced.get(row.source) === row.turn);
    const kept = this.#fresh ? [] : this.#sorted.filter((row) => !this.#replaced.has(row.source));
    this.#sorted = merge(kept, current);
    this.begin(false);
    this.#grow(this.#own, this.#sorted.length - this.#own.rows, bytesOf(this.#sorted) - this.#own.bytes);
  }

  /** Leaves the count of all indexes. */
  drop(): void {
    this.begin(false);
    this.#sorted = [];
    this.#grow(this.#own, -this.#own.rows, -this.#own.bytes);
  }

  #grow(size: Size, rows: number, bytes: number): void {
    for (const each of [size, this.#total]) {
      each.rows += rows;
      each.bytes += bytes;
    }
  }

  #check(): void {
    const { rowsOfView, bytesOfView, rowsOfBucket, bytesOfBucket } = viewLimits;
    const kept = this.#fresh ? { rows: 0, bytes: 0 } : this.#own;
    const [rows, bytes] = [this.#pending.rows + kept.rows, this.#pending.bytes + kept.bytes];
    if (rows > rowsOfView || bytes > bytesOfView)
      throw new ViewFault('limit', `a view may have ${rowsOfView} rows and ${bytesOfView} bytes of them`);
    if (this.#total.rows > rowsOfBucket || this.#total.bytes > bytesOfBucket)
      throw new ViewFault(
        'limit',
        `the views of a bucket may have ${rowsOfBucket} rows and ${bytesOfBucket} bytes of them`,
      );
  }
}

/** Order of rows: by key, then by document id (code units). */
export function compareRows(left: Row, right: Row): number {
  return compareKeys(left.key, right.key) || compareIds(left.id, right.id);
}

/** The order of document ids in an index: by UTF-16 code unit. For Array.sort. Pure. */
export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function makeRow(key: Json, value: string, from: Pick<Row, 'id' | 'source' | 'turn'>): Row {
  const keyBytes = typeof key === 'string' ? key.length : JSON.stringify(key).length;
  return { key, id: from.id, value, source: from.source, bytes: keyBytes + value.length, turn: from.turn };
}

function bytesOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.bytes, 0);
}

function merge(left: readonly Row[], right: readonly Row[]): Row[] {
  const merged: Row[] = [];
  let at = 0;
  for (const row of left) {
    for (let next = right[at]; next !== undefined && compareRows(next, row) < 0; next = right[++at]) merged.push(next);
    merged.push(row);
  }
  for (; at < right.length; at++) merged.push(right[at]!);
  return merged;
}
