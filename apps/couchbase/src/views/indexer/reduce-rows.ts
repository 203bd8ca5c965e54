import { compareKeys } from '../collation.ts';
import { isBuiltInReduce, type BuiltInReduce } from '../built-in-reduces.ts';
import type { Json } from '../json.ts';
import { ViewFault, type MapProgram } from './map-program.ts';
import type { Row } from './view-index.ts';

/** Reduces rows given one after the other. The result is JSON text. */
interface Reduction {
  /** True: enough has been collected that `flush` is due. */
  add(row: Row): boolean;
  flush(): Promise<void>;
  result(): Promise<string>;
}

/**
 * Reduces rows, one result per group, in row order.
 * @param reduce name of a built-in reduce, or anything else for the function of `program`
 * @param groupLevel 0: all rows together under key null; N: by the first N elements of array keys; Infinity: by the key
 * @throws ViewFault `reduce` when _sum or _stats meets a value that is not a number, or the function throws
 */
export async function* reduceRows(
  rows: Iterable<Row>,
  reduce: string,
  groupLevel: number,
  program: MapProgram,
): AsyncGenerator<{ readonly key: Json; readonly value: string } | 'working'> {
  const begin = (): Reduction => (isBuiltInReduce(reduce) ? new BuiltIn(reduce) : new Written(program));
  let group: { readonly key: Json; readonly reduction: Reduction } | undefined;
  let seen = 0;
  for (const row of rows) {
    const key = groupKey(row.key, groupLevel);
    if (group === undefined || compareKeys(group.key, key) !== 0) {
      if (group !== undefined) yield { key: group.key, value: await group.reduction.result() };
      group = { key, reduction: begin() };
    }
    if (group.reduction.add(row)) await group.reduction.flush();
    if (++seen % rowsPerStep === 0) yield 'working';
  }
  if (group !== undefined) yield { key: group.key, value: await group.reduction.result() };
}

const rowsPerStep = 500;
const chunkRows = 500;
const chunkLength = 512 * 1024;

function groupKey(key: Json, level: number): Json {
  if (level === 0) return null;
  return Array.isArray(key) && level < key.length ? (key.slice(0, level) as readonly Json[]) : key;
}

class BuiltIn implements Reduction {
  readonly #name: BuiltInReduce;
  #count = 0;
  #sum = 0;
  #sumsqr = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(name: BuiltInReduce) {
    this.#name = name;
  }

  add(row: Row): boolean {
    this.#count += 1;
    if (this.#name === '_count') return false;
    const value: unknown = JSON.parse(row.value);
    if (typeof value !== 'number') throw notNumber(this.#name, row.value);
    this.#sum += value;
    this.#sumsqr += value * value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    return false;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  result(): Promise<string> {
    const count = this.#count;
    const sum = this.#sum;
    const stats = { sum, count, min: this.#min, max: this.#max, sumsqr: this.#sumsqr };
    const results = { _count: count, _sum: sum, _stats: stats };
    return Promise.resolve(JSON.stringify(results[this.#name]));
  }
}

/** A reduce function in JavaScript: over chunks first, then over their results (rereduce). */
class Written implements Reduction {
  readonly #program: MapProgram;
  #keys: Json[] = [];
  #values: string[] = [];
  #reduced: string[] = [];
  #length = 0;

  constructor(program: MapProgram) {
    this.#program = program;
  }

  add(row: Row): boolean {
    this.#keys.push(row.key);
    this.#values.push(row.value);
    this.#length += row.bytes;
    return this.#values.length >= chunkRows || this.#length >= chunkLength;
  }

  async flush(): Promise<void> {
    this.#reduced.push(await this.#program.reduce(this.#keys, this.#values));
    [this.#keys, this.#values, this.#length] = [[], [], 0];
    const length = this.#reduced.reduce((sum, text) => sum + text.length, 0);
    if (this.#reduced.length > 1 && (this.#reduced.length >= chunkRows || length >= chunkLength))
      await this.#rereduce();
  }

  async result(): Promise<string> {
    if (this.#values.length > 0) await this.flush();
    if (this.#reduced.length > 1) await this.#rereduce();
    return this.#reduced[0] ?? 'null';
  }

  async #rereduce(): Promise<void> {
    this.#reduced = [await this.#program.reduce(undefined, this.#reduced)];
  }
}

function notNumber(name: string, value: string): ViewFault {
  const cause = `builtin ${name} function requires map values to be numbers, got ${value.slice(0, 80)}`;
  return new ViewFault('reduce', cause);
}
