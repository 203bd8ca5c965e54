import { viewLimits } from '../limits.ts';
import type { Json } from '../json.ts';
import type { ViewQuery } from '../view-query.ts';
import { ViewFault, type MapProgram } from './map-program.ts';
import { reduceRows } from './reduce-rows.ts';
import { selectRows } from './select-rows.ts';
import type { Row } from './view-index.ts';

/** Some rows of an answer as JSON text, joined by commas. */
export interface Page {
  readonly rows: number;
  readonly text: string;
  readonly isLast: boolean;
}

/** The rows of one answer, a page at a time, from an index as it was when the query came. */
export class Cursor {
  readonly #texts: Generator<string, void> | AsyncGenerator<string, void>;
  readonly #budgetMs: number | undefined;
  #spentMs = 0;

  /**
   * @param reduceMs work that a reduce may take
   * @param reduce name or source of the reduce that the query wants
   */
  constructor(rows: readonly Row[], query: ViewQuery, program: MapProgram, reduceMs: number, reduce?: string) {
    this.#budgetMs = reduce === undefined ? undefined : reduceMs;
    this.#texts = reduce === undefined ? plain(rows, query) : reduced(rows, query, program, reduce);
  }

  /** Goes on until a page is full, there is no more, or it is time to look at other requests. @throws ViewFault */
  async next(): Promise<Page> {
    const startedAt = performance.now();
    const page: string[] = [];
    let bytes = 0;
    for (;;) {
      const step = this.#texts.next();
      const { done, value }: IteratorResult<string, void> = step instanceof Promise ? await step : step;
      const elapsed = performance.now() - startedAt;
      const isLast = done === true;
      if (!isLast && value !== 'working') bytes += add(page, value);
      if (
        isLast ||
        page.length >= viewLimits.pageRows ||
        bytes >= viewLimits.pageBytes ||
        elapsed > viewLimits.stepMs
      ) {
        this.#charge(elapsed);
        return { rows: page.length, text: page.join(','), isLast };
      }
    }
  }

  #charge(elapsed: number): void {
    this.#spentMs += elapsed;
    if (this.#budgetMs !== undefined && this.#spentMs > this.#budgetMs)
      throw new ViewFault('timeout', `reducing took more than ${this.#budgetMs} ms of work`);
  }
}

function* plain(rows: readonly Row[], query: ViewQuery): Generator<string, void> {
  let at = -query.skip;
  for (const { id, key, value } of selectRows(rows, query)) {
    if (at >= query.limit) return;
    if (at >= 0) yield `{"id":${JSON.stringify(id)},${pair(key, value)}}`;
    else if (at % 10_000 === 0) yield 'working';
    at += 1;
  }
}

async function* reduced(
  rows: readonly Row[],
  query: ViewQuery,
  program: MapProgram,
  reduce: string,
): AsyncGenerator<string, void> {
  let at = -query.skip;
  for await (const group of reduceRows(selectRows(rows, query), reduce, query.groupLevel, program)) {
    if (at >= query.limit) return;
    if (group === 'working') yield group;
    else if (++at > 0) yield `{${pair(group.key, group.value)}}`;
  }
}

function add(page: string[], text: string): number {
  page.push(text);
  return text.length;
}

function pair(key: Json, value: string): string {
  return `"key":${JSON.stringify(key)},"value":${value}`;
}
