import { viewLimits } from '../limits.ts';
import type { CpuTimes } from '../pace.ts';
import { Cursor } from './cursor.ts';
import { mapInput } from './map-input.ts';
import { MapProgram, ViewFault } from './map-program.ts';
import type { Answer, FailureCode, Item, Request, ViewSource } from './messages.ts';
import { ViewIndex } from './view-index.ts';

interface View {
  readonly source: ViewSource;
  readonly program: MapProgram;
  readonly index: ViewIndex;
}

/** Sandboxes that are kept, and the memory above which one is not kept: it never gives any back. */
const liveSandboxes = 3;
const leanSandboxBytes = 32 * 1024 * 1024;

/** Answers the server's requests, one at a time: all that a bucket's views are. Knows no files, no network, no other bucket. */
export class Worker {
  readonly #views = new Map<number, View>();
  readonly #cursors = new Map<number, { readonly view: number; readonly cursor: Cursor; readonly totalRows: number }>();
  readonly #total = { rows: 0, bytes: 0 };
  readonly #times: CpuTimes;
  #lastCursor = 0;

  constructor(times: CpuTimes) {
    this.#times = times;
  }

  /** Answers a request; what the view's functions got wrong, or took too much of, is an answer too. */
  async answer(request: Request): Promise<Answer> {
    const view = this.#views.get(request.view);
    if (request.op === 'open') return this.#open(request.view, request.source);
    if (view === undefined) return failed('busy', 'unknown view');
    try {
      return await this.#work(view, request);
    } catch (error) {
      if (!(error instanceof ViewFault)) throw error;
      if (request.op === 'map') view.index.drop();
      return failed(error.code, error.message);
    } finally {
      this.#tidy(view);
    }
  }

  #open(number: number, source: ViewSource): Answer {
    this.#views.get(number)?.index.drop();
    this.#views.set(number, {
      source,
      program: new MapProgram(source, this.#times),
      index: new ViewIndex(this.#total),
    });
    return done(0);
  }

  async #work(view: View, request: Exclude<Request, { op: 'open' }>): Promise<Answer> {
    switch (request.op) {
      case 'begin':
        view.index.begin(request.fresh);
        return done(0);
      case 'map':
        return map(view, request.items);
      case 'commit':
        view.index.commit();
        return done(0);
      case 'drop':
        view.index.drop();
        this.#views.delete(request.view);
        for (const [number, { view: of }] of this.#cursors) if (of === request.view) this.#cursors.delete(number);
        return done(0);
      case 'query': {
        if (this.#cursors.size >= viewLimits.cursors) return failed('busy', 'too many queries whose rows are not read');
        const reduce = request.reduce ? view.source.reduce : undefined;
        const cursor = new Cursor(view.index.rows, request.query, view.program, this.#times.reduceCpuMs, reduce);
        const number = ++this.#lastCursor;
        this.#cursors.set(number, { view: request.view, cursor, totalRows: view.index.rows.length });
        return this.#page(number);
      }
      case 'more':
        return this.#page(request.cursor);
      case 'close':
        this.#cursors.delete(request.cursor);
        return done(0);
    }
  }

  async #page(number: number): Promise<Answer> {
    const open = this.#cursors.get(number);
    if (open === undefined) return failed('busy', 'unknown cursor');
    try {
      const { rows, text, isLast } = await open.cursor.next();
      if (isLast) this.#cursors.delete(number);
      const cursor = isLast ? -1 : number;
      return { kind: 'page', cursor, totalRows: open.totalRows, rows, body: Buffer.from(text) };
    } catch (error) {
      this.#cursors.delete(number);
      throw error;
    }
  }

  #tidy(view: View): void {
    if (view.program.bytes > leanSandboxBytes) this.#rest(view);
    const live = [...this.#views.values()].filter((other) => other.program.isLive && other !== view);
    for (const other of live.slice(0, Math.max(0, live.length + 1 - liveSandboxes))) this.#rest(other);
  }

  #rest(view: View): void {
    view.program.rest();
    globalThis.gc?.();
  }
}

async function map(view: View, items: readonly Item[]): Promise<Answer> {
  const endsAt = performance.now() + viewLimits.stepMs;
  const bad: string[] = [];
  let taken = 0;
  for (const item of items) {
    const { source, value } = item;
    if (value === undefined) view.index.put(source, '', []);
    else {
      const { id, doc, meta } = mapInput({ ...item, value });
      const mapped = await view.program.map(doc, meta);
      if ('leftOut' in mapped) bad.push(JSON.stringify(`${id}: ${mapped.leftOut}`));
      view.index.put(source, id, 'rows' in mapped ? mapped.rows : []);
    }
    taken += 1;
    if (performance.now() > endsAt) break;
  }
  return { kind: 'done', taken, leftOut: bad.length, example: bad[0] ?? '' };
}

function done(taken: number): Answer {
  return { kind: 'done', taken, leftOut: 0, example: '' };
}

function failed(code: FailureCode, cause: string): Answer {
  return { kind: 'failed', code, cause };
}
