import type { RsvpDocument } from './rsvp-document.ts';

export interface StoreCounts {
  readonly stored: number;
  /** Given up after every try failed. */
  readonly failed: number;
  /** Pushed out of a full queue. */
  readonly dropped: number;
  /** Waiting or being stored now. */
  readonly waiting: number;
}

/**
 * Documents on their way to Couchbase: at most `limit` wait, at most `concurrency` are stored at once. A store that fails is tried
 * again (its key makes that safe) up to `tries` times, `retryMs` apart; when the queue is full the oldest waiting one is dropped,
 * because a live page wants the newest.
 */
export class StoreQueue {
  readonly #store: (item: RsvpDocument) => Promise<unknown>;
  readonly #limits: { limit: number; concurrency: number; tries: number; retryMs: number };
  readonly #waiting: RsvpDocument[] = [];
  readonly #idle = new Set<() => void>();
  #active = 0;
  #counts = { stored: 0, failed: 0, dropped: 0 };
  #lastError: Error | undefined;

  /** @param limits defaults: 16 stored at once, 5 tries, 500 ms apart */
  constructor(
    store: (item: RsvpDocument) => Promise<unknown>,
    limits: { limit: number; concurrency?: number; tries?: number; retryMs?: number },
  ) {
    this.#store = store;
    this.#limits = { concurrency: 16, tries: 5, retryMs: 500, ...limits };
  }

  /** What became of the documents since the start. */
  get counts(): StoreCounts {
    return { ...this.#counts, waiting: this.#waiting.length + this.#active };
  }

  /** The last failure since the last call, for the summary line. */
  takeLastError(): Error | undefined {
    const error = this.#lastError;
    this.#lastError = undefined;
    return error;
  }

  /** Queues a document and begins to store it when there is a free place. Never waits; what fails shows in `counts`. */
  push(item: RsvpDocument): void {
    this.#waiting.push(item);
    while (this.#waiting.length > this.#limits.limit) {
      this.#waiting.shift();
      this.#counts.dropped += 1;
    }
    this.#pump();
  }

  /** Resolves true when nothing waits any more, false after `deadlineMs`. */
  async drained(deadlineMs: number): Promise<boolean> {
    if (this.counts.waiting === 0) return true;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#idle.delete(done);
        resolve(this.counts.waiting === 0);
      };
      const timer = setTimeout(done, deadlineMs);
      this.#idle.add(done);
    });
  }

  #pump(): void {
    while (this.#active < this.#limits.concurrency) {
      const item = this.#waiting.shift();
      if (!item) break;
      this.#active += 1;
      void this.#storeOne(item).finally(() => {
        this.#active -= 1;
        this.#pump();
        if (this.counts.waiting === 0) for (const done of this.#idle) done();
      });
    }
  }

  async #storeOne(item: RsvpDocument): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await this.#store(item);
        this.#counts.stored += 1;
        return;
      } catch (error) {
        this.#lastError = error as Error;
        if (tried >= this.#limits.tries) break;
        await new Promise((resolve) => setTimeout(resolve, this.#limits.retryMs));
      }
    }
    this.#counts.failed += 1;
  }
}
