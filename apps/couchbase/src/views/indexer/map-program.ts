import { viewLimits } from '../limits.ts';
import { isBuiltInReduce } from '../built-in-reduces.ts';
import type { Json } from '../json.ts';
import type { CpuTimes } from '../pace.ts';
import type { ViewSource } from './messages.ts';
import { Sandbox, type Outcome } from './sandbox.ts';

/** A limit that a view passed too often, or a source that is no function; the view is of no use until it is published anew. */
export class ViewFault extends Error {
  readonly code: 'map' | 'timeout' | 'limit' | 'reduce';

  constructor(code: ViewFault['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What one document emitted, in order, or why it is left out. */
export type Mapped = { readonly rows: readonly (readonly [key: Json, value: Json])[] } | { readonly leftOut: string };

/** The sandbox of a view: made when it is needed, and anew when it broke. */
export class MapProgram {
  readonly #source: ViewSource;
  readonly #callCpuMs: number;
  #sandbox: Sandbox | undefined;
  #strikes = 0;

  /** @param callCpuMs CPU time that one call may take */
  constructor({ map, reduce }: ViewSource, { callCpuMs }: Pick<CpuTimes, 'callCpuMs'>) {
    this.#callCpuMs = callCpuMs;
    this.#source = reduce === undefined || isBuiltInReduce(reduce) ? { map } : { map, reduce };
  }

  /** There is a sandbox, which takes memory: at first, and after it rested or broke, there is none. */
  get isLive(): boolean {
    return this.#sandbox !== undefined;
  }

  /** Memory of the sandbox; 0 without one. */
  get bytes(): number {
    return this.#sandbox?.bytes ?? 0;
  }

  /** Gives the memory back; the next call makes a new sandbox. */
  rest(): void {
    this.#sandbox = undefined;
  }

  /**
   * Maps one document. One whose map throws, or passes a limit, is left out.
   * @param doc JSON text @param meta JSON text
   * @throws ViewFault when the source is no function, or too many documents passed the limit of time or memory
   */
  async map(doc: string, meta: string): Promise<Mapped> {
    const outcome = await this.#attempt((sandbox) => sandbox.map(doc, meta));
    if (outcome.kind === 'value') return read(outcome.text);
    if (outcome.kind === 'thrown') return { leftOut: outcome.message };
    if (outcome.kind === 'broken') this.rest();
    if (outcome.kind === 'timeout' || doc.length <= viewLimits.largeDocumentBytes) this.#strike(outcome);
    return { leftOut: outcome.kind === 'timeout' ? 'it took too long' : outcome.message };
  }

  /** Reduces values, given as JSON texts; the result is JSON text. @param keys undefined for a rereduce @throws ViewFault */
  async reduce(keys: readonly Json[] | undefined, values: readonly string[]): Promise<string> {
    const keysText = JSON.stringify(keys ?? null);
    const outcome = await this.#attempt((sandbox) => sandbox.reduce(keysText, `[${values.join(',')}]`));
    if (outcome.kind === 'value' && outcome.text.length > viewLimits.bytesOfDocument)
      throw new ViewFault('limit', `reduce function: a result of more than ${viewLimits.bytesOfDocument} bytes`);
    if (outcome.kind === 'value') return outcome.text;
    if (outcome.kind === 'timeout') throw new ViewFault('timeout', `reduce function ${this.#overtime}`);
    if (outcome.kind === 'broken') this.rest();
    throw new ViewFault(outcome.kind === 'broken' ? 'limit' : 'reduce', `reduce function: ${outcome.message}`);
  }

  get #overtime(): string {
    return `took longer than ${this.#callCpuMs} ms`;
  }

  /** What takes too long gets a second chance: the first may have been a host that stood still. */
  async #attempt(call: (sandbox: Sandbox) => Outcome): Promise<Outcome> {
    const outcome = call(await this.#live());
    return outcome.kind === 'timeout' ? call(await this.#live()) : outcome;
  }

  async #live(): Promise<Sandbox> {
    try {
      return (this.#sandbox ??= await Sandbox.open(this.#source, this.#callCpuMs));
    } catch (error) {
      throw new ViewFault('map', `map or reduce function does not compile: ${String(error)}`);
    }
  }

  #strike(outcome: Outcome): void {
    this.#strikes += 1;
    if (this.#strikes < viewLimits.strikes) return;
    const documents = `for ${viewLimits.strikes} documents`;
    if (outcome.kind === 'timeout') throw new ViewFault('timeout', `map function ${this.#overtime} ${documents}`);
    throw new ViewFault('limit', `map function took more than ${viewLimits.sandboxBytes} bytes of memory ${documents}`);
  }
}

/** Checks what came out of the sandbox: whoever wrote the map function may have had a hand in it. */
function read(text: string): Mapped {
  const rows = parse(text);
  if (!Array.isArray(rows) || !rows.every(isPair)) return { leftOut: 'what it emitted is not rows' };
  if (rows.some(([key]) => keyBytes(key) > viewLimits.keyBytes))
    return { leftOut: `a key is longer than ${viewLimits.keyBytes} bytes` };
  return { rows };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keyBytes(key: Json): number {
  if (typeof key === 'string') return Buffer.byteLength(key);
  return typeof key === 'object' && key !== null ? Buffer.byteLength(JSON.stringify(key)) : 0;
}

function isPair(row: unknown): row is [Json, Json] {
  return Array.isArray(row) && row.length === 2;
}
