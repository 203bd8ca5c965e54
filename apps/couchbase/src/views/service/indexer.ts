import { frame, Unframer } from '../indexer/frames.ts';
import { type Answer, decodeReply, encodeRequest, type Request } from '../indexer/messages.ts';
import { viewLimits, watchIntervalMs } from '../limits.ts';
import { slownessOf } from '../pace.ts';
import { processUsage, type Usage } from './process-usage.ts';
import { spawnIndexer, type IndexerChild } from './spawn-indexer.ts';

/**
 * The process ended. `working`: it did so at the request that gets this error, and not at one before it; `killed`: for what it cost.
 */
export class IndexerLost extends Error {
  readonly working: boolean;
  readonly killed: boolean;

  constructor(message: string, how: { readonly working: boolean; readonly killed: boolean }) {
    super(message);
    this.working = how.working;
    this.killed = how.killed;
  }
}

/**
 * Until the process is ready, wall time, ms. What one request may cost on a usual host: CPU and wall time, ms; resident memory of the
 * process, bytes.
 */
export interface RequestLimits {
  readonly startMs: number;
  readonly requestCpuMs: number;
  readonly requestMs: number;
  readonly residentBytes: number;
}

interface Waiting {
  readonly request: Request;
  readonly settle: (result: Answer | IndexerLost) => void;
}

/**
 * One life of a bucket's process of views. It gets one request at a time, and is killed when that takes too much time or memory.
 * After its end every request is refused with IndexerLost.
 */
export class Indexer {
  readonly #child: IndexerChild;
  readonly #unframer = new Unframer();
  readonly #queue: Waiting[] = [];
  readonly #limits: RequestLimits;
  readonly #watch: NodeJS.Timeout;
  #current: (Waiting & { startedAtMs: number; usage?: Usage }) | undefined;
  /** Undefined until the process is ready: it gets no request before. */
  #slowness: number | undefined;
  #why: string | undefined;
  #ended = false;

  /** @param program path of the process's bundle */
  constructor(program: string, limits: RequestLimits = viewLimits) {
    this.#limits = limits;
    this.#child = spawnIndexer(program);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    // What cannot be written any more is told by the exit.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(error.message));
    this.#child.on('exit', (code, signal) => this.#end(`ended with ${signal ?? String(code)}`));
    this.#watch = setInterval(() => void this.#keepLimits(), watchIntervalMs);
    this.#watch.unref();
  }

  /** It takes requests: it has not ended, and was not told to. */
  get isAlive(): boolean {
    return !this.#ended && this.#why === undefined;
  }

  /** Process id; undefined when no process could be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws IndexerLost */
  request(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (result: Answer | IndexerLost) => {
        if (result instanceof IndexerLost) reject(result);
        else resolve(result);
      };
      this.#queue.push({ request, settle });
      this.#next();
    });
  }

  /** Kills the process. @param why what IndexerLost says, unless a reason was given before */
  kill(why: string): void {
    this.#why ??= why;
    this.#child.kill('SIGKILL');
  }

  #next(): void {
    if (this.#current !== undefined) return;
    if (!this.isAlive) return this.#refuseAll();
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#current = { ...waiting, startedAtMs: performance.now() };
    if (this.#slowness !== undefined) this.#send(waiting.request);
  }

  #send(request: Request): void {
    this.#child.stdin.write(frame(encodeRequest(request)));
  }

  #begin(startCpuMs: number): void {
    if (this.#slowness !== undefined) throw new TypeError('it was ready before');
    this.#slowness = slownessOf(startCpuMs);
    const current = this.#current;
    if (current === undefined) return;
    current.startedAtMs = performance.now();
    this.#send(current.request);
  }

  #read(chunk: Buffer): void {
    try {
      for (const payload of this.#unframer.push(chunk)) {
        const reply = decodeReply(payload);
        if (reply.kind === 'ready') {
          this.#begin(reply.startCpuMs);
          continue;
        }
        const current = this.#current;
        if (current === undefined || this.#slowness === undefined) throw new TypeError('an answer to nothing');
        this.#current = undefined;
        current.settle(reply);
        this.#next();
      }
    } catch (error) {
      this.kill(`said what is no answer: ${String(error)}`);
    }
  }

  async #keepLimits(): Promise<void> {
    const current = this.#current;
    if (current === undefined || this.#child.pid === undefined) return;
    const usage = await processUsage(this.#child.pid);
    if (usage === undefined || current !== this.#current) return;
    const { residentBytes } = this.#limits;
    if (usage.residentBytes > residentBytes) this.kill(`took more than ${residentBytes} bytes of memory`);
    const tookMs = performance.now() - current.startedAtMs;
    if (this.#slowness === undefined) {
      if (tookMs > this.#limits.startMs) this.kill(`was not ready within ${this.#limits.startMs} ms`);
      return;
    }
    current.usage ??= usage;
    const requestCpuMs = Math.round(this.#limits.requestCpuMs * this.#slowness);
    const requestMs = Math.round(this.#limits.requestMs * this.#slowness);
    if (usage.cpuMs - current.usage.cpuMs > requestCpuMs) this.kill(`took more than ${requestCpuMs} ms of work`);
    if (tookMs > requestMs) this.kill(`took more than ${requestMs} ms`);
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    const killed = this.#why !== undefined;
    this.#why ??= how;
    const current = this.#current;
    this.#current = undefined;
    current?.settle(new IndexerLost(this.#why, { working: true, killed }));
    this.#refuseAll();
  }

  #refuseAll(): void {
    for (const { settle } of this.#queue.splice(0))
      settle(new IndexerLost(this.#why ?? 'ended', { working: false, killed: false }));
  }
}
