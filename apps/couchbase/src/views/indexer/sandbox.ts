import variant from '@jitl/quickjs-singlefile-cjs-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { viewLimits } from '../limits.ts';
import type { ViewSource } from './messages.ts';
import { prelude } from './prelude.ts';

/** What became of a call: JSON text, an error of the function itself, or a limit that was passed. */
export type Outcome =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'thrown'; readonly message: string }
  | { readonly kind: 'timeout' }
  /** Of no use any more: its memory is used up, or the interpreter broke. */
  | { readonly kind: 'broken'; readonly message: string };

const wasmPageBytes = 64 * 1024;
const initialPages = 256;
const stackBytes = 256 * 1024;

/**
 * A JavaScript interpreter (QuickJS, compiled to WebAssembly) with a memory of its own, in which one view's functions live. There is
 * nothing in it but the language, `emit`, `sum` and `dateToArray`; text goes in and comes out.
 */
export class Sandbox {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #memory: WebAssembly.Memory;
  readonly #entries: { readonly map: QuickJSHandle; readonly reduce: QuickJSHandle };
  readonly #callCpuMs: number;
  #startedAt = { wallMs: 0, cpuMs: 0 };
  #interrupted = false;

  private constructor(runtime: QuickJSRuntime, memory: WebAssembly.Memory, source: ViewSource, callCpuMs: number) {
    this.#memory = memory;
    this.#callCpuMs = callCpuMs;
    this.#runtime = runtime;
    this.#runtime.setMemoryLimit(viewLimits.sandboxBytes - initialPages * wasmPageBytes);
    this.#runtime.setMaxStackSize(stackBytes);
    this.#runtime.setInterruptHandler(() => (this.#interrupted ||= this.#isOverdue()));
    this.#context = runtime.newContext();
    this.#startClock();
    const define = this.#context.unwrapResult(this.#context.evalCode(prelude, 'prelude.js'));
    const map = this.#compile('map', source.map);
    const reduce = source.reduce === undefined ? this.#context.undefined : this.#compile('reduce', source.reduce);
    const made = this.#context.unwrapResult(this.#context.callFunction(define, this.#context.undefined, map, reduce));
    this.#entries = { map: this.#context.getProp(made, 'map'), reduce: this.#context.getProp(made, 'reduce') };
  }

  /**
   * @param callCpuMs what a call may take of the CPU
   * @throws SyntaxError when a source is not a JavaScript function
   */
  static async open(source: ViewSource, callCpuMs: number): Promise<Sandbox> {
    // The interpreter's own limit counts what it asked for; this one holds whatever it does.
    const memory = new WebAssembly.Memory({
      initial: initialPages,
      maximum: viewLimits.sandboxBytes / wasmPageBytes,
    });
    const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: memory }));
    return new Sandbox(module.newRuntime(), memory, source, callCpuMs);
  }

  /** Memory taken from the process, bytes; it is not given back while the sandbox lives. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Calls the map function; the text is a JSON array of [key, value]. @param doc JSON text @param meta JSON text */
  map(doc: string, meta: string): Outcome {
    return this.#call(this.#entries.map, [doc, meta]);
  }

  /** Calls the reduce function. @param keys JSON text, null for a rereduce @param values JSON text */
  reduce(keys: string, values: string): Outcome {
    return this.#call(this.#entries.reduce, [keys, values]);
  }

  #compile(name: string, source: string): QuickJSHandle {
    const result = this.#context.evalCode(`(${source}\n)`, `${name}.js`);
    if (result.error !== undefined) throw new SyntaxError(this.#describe(result.error));
    if (this.#context.typeof(result.value) !== 'function')
      throw new SyntaxError('the source is not a function expression');
    return result.value;
  }

  #call(entry: QuickJSHandle, texts: readonly string[]): Outcome {
    this.#startClock();
    try {
      const args = texts.map((text) => this.#context.newString(text));
      const result = this.#context.callFunction(entry, this.#context.undefined, ...args);
      for (const arg of args) arg.dispose();
      // A promise's reactions are run and may emit no more: left alone they would pile up.
      if (!this.#interrupted && result.error === undefined) this.#runtime.executePendingJobs(maxJobs).dispose();
      if (this.#interrupted) return { kind: 'timeout' };
      if (result.error !== undefined) return { kind: 'broken', message: this.#describe(result.error) };
      const text = result.value.consume((value) => this.#context.getString(value));
      if (text.startsWith('+')) return { kind: 'value', text: text.slice(1) };
      const message = text.slice(1, 200);
      return { kind: message.includes('out of memory') ? 'broken' : 'thrown', message };
    } catch (error) {
      return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
    }
  }

  #startClock(): void {
    this.#interrupted = false;
    this.#startedAt = { wallMs: performance.now(), cpuMs: cpuMs() };
  }

  /** By both clocks: on a busy host the wall's runs ahead, and the process's has the compiler's threads in it. */
  #isOverdue(): boolean {
    const { wallMs, cpuMs: spentMs } = this.#startedAt;
    return performance.now() - wallMs > this.#callCpuMs && cpuMs() - spentMs > this.#callCpuMs;
  }

  #describe(error: QuickJSHandle): string {
    if (this.#interrupted) return 'it takes too long';
    const message = this.#context.getProp(error, 'message').consume((text) => this.#context.getString(text));
    return message.slice(0, 200);
  }
}

const maxJobs = 1000;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
