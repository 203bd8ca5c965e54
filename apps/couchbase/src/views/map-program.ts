import { createContext, runInContext, Script, type Context } from 'node:vm';
import { z } from 'zod';
import { LabError } from '../../../../errors/lab-error.ts';
import type { Document } from '../bucket/document.ts';
import { mapInput } from './map-input.ts';
import type { Json } from './json.ts';

/** What one document emitted, in order. */
export type Emitted = readonly (readonly [key: Json, value: Json])[];

/** Longest a map function may take over one document, milliseconds. */
const mapLimitMs = 500;

const batchSize = 100;
const strikesAllowed = 3;

/**
 * A view's map function in a context of its own, with a time limit. Not a security boundary: the code comes from the
 * application that owns the bucket; the limit keeps an endless loop in it from stopping the server.
 */
export class MapProgram {
  private readonly context: Context;
  private readonly limitMs: number;
  private strikes = 0;

  /** @throws LabError `input.map` when the source is not a JavaScript function */
  constructor(source: string, limitMs: number = mapLimitMs) {
    this.limitMs = limitMs;
    this.context = createContext(
      {},
      { codeGeneration: { strings: false, wasm: false }, microtaskMode: 'afterEvaluate' },
    );
    try {
      const map: unknown = runInContext(`(${source}\n)`, this.context, { timeout: limitMs });
      if (typeof map !== 'function') throw new TypeError('the source is not a function expression');
      this.context['map'] = map;
      prelude.runInContext(this.context);
    } catch (error) {
      throw new LabError({
        code: 'input.map',
        cause: `map function does not compile: ${error instanceof Error ? error.message : String(error)}`,
        next: 'write it as function (doc, meta) { emit(key, value); }',
        error,
      });
    }
  }

  /**
   * Maps documents; the answer has one entry per document. A document whose map throws emits nothing.
   * @throws LabError `input.map-timeout` once several documents ran into the time limit: the view is of no use then.
   */
  run(documents: readonly Document[]): Emitted[] {
    const results: Emitted[] = [];
    for (let at = 0; at < documents.length; at += batchSize) {
      const batch = documents.slice(at, at + batchSize);
      results.push(...(this.attempt(batch) ?? batch.map((document) => this.alone(document))));
    }
    return results;
  }

  private alone(document: Document): Emitted {
    if (this.strikes < strikesAllowed) {
      const result = this.attempt([document]);
      if (result !== undefined) return result.flat();
      this.strikes += 1;
      return [];
    }
    throw new LabError({
      code: 'input.map-timeout',
      cause: `map function took longer than ${this.limitMs} ms for ${strikesAllowed} documents`,
      next: 'look for an endless loop in it and publish the design document again',
    });
  }

  private attempt(batch: readonly Document[]): Emitted[] | undefined {
    this.context['input'] = JSON.stringify(batch.map(mapInput));
    let output: unknown;
    try {
      output = driver.runInContext(this.context, { timeout: this.limitMs });
    } catch (error) {
      if (isTimeout(error)) return undefined;
      throw error;
    }
    return readBatch(output, batch.length);
  }
}

/** The map function shares its context with what runs it, and may have put something else in its place. */
function readBatch(output: unknown, documents: number): Emitted[] {
  try {
    return z
      .array(emittedPairs)
      .length(documents)
      .parse(JSON.parse(String(output)));
  } catch (error) {
    throw new LabError({
      code: 'input.map',
      cause: 'map function changes what runs it: emit, runBatch or JSON',
      next: 'write it as function (doc, meta) { emit(key, value); }',
      error,
    });
  }
}

// What comes out of JSON.parse is Json; only the shape around it is in doubt.
const anyJson = z.custom<Json>();
const emittedPairs = z.array(z.tuple([anyJson, anyJson]));

// emit() serialises at once: what a map function does to an object afterwards must not reach the index.
const prelude = new Script(`
  (function (global) {
    const { parse, stringify } = JSON;
    let rows = [];
    global.emit = function (key, value) {
      rows.push(stringify([key === undefined ? null : key, value === undefined ? null : value]));
    };
    global.sum = function (values) { return values.reduce(function (a, b) { return a + b; }, 0); };
    global.dateToArray = function (when) {
      const d = new Date(when);
      return [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds()];
    };
    const map = global.map;
    global.runBatch = function (input) {
      return '[' + parse(input).map(function (pair) {
        rows = [];
        try { map(parse(pair[0]), pair[1]); } catch (error) { rows = []; }
        return '[' + rows.join(',') + ']';
      }).join(',') + ']';
    };
  })(globalThis);
`);

const driver = new Script('runBatch(input)');

const timedOut = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

// The error belongs to the context's realm: `instanceof Error` of this one does not know it.
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === timedOut;
}
