import { storageLimits } from './limits.ts';

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
}

/** The fsyncs of a journal: one at a time, shared by all who wait, and one soon after a write for which nobody does. */
export class GroupSync {
  readonly #sync: () => Promise<number>;
  readonly #onError: (error: unknown) => void;
  #syncedTo: number;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #ended = false;

  /**
   * @param syncedTo position up to which everything is on the disk already
   * @param sync writes what waits, brings it to the disk, and tells up to which position that was
   */
  constructor(args: { syncedTo: number; sync: () => Promise<number>; onError: (error: unknown) => void }) {
    this.#syncedTo = args.syncedTo;
    this.#sync = args.sync;
    this.#onError = args.onError;
  }

  /** Position up to which everything is known to be on the disk. */
  get syncedTo(): number {
    return this.#syncedTo;
  }

  /** There was an fsync beside these. */
  synced(position: number): void {
    this.#syncedTo = Math.max(this.#syncedTo, position);
  }

  /** Something was written. */
  soon(): void {
    if (!this.#ended) this.#timer ??= setTimeout(() => void this.#run(), storageLimits.syncMs).unref();
  }

  /** Resolves when everything up to a position is on the disk. */
  reached(position: number): Promise<void> {
    if (position <= this.#syncedTo || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ position, resolve });
      // Not at once: who else is in this turn may share it.
      if (this.#waiters.length === 1) setImmediate(() => void this.#run());
    });
  }

  /** Nobody has to wait any more. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#release(Infinity);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#ended) {
        this.synced(await this.#sync());
        this.#release(this.#syncedTo);
        if (this.#waiters.length === 0) break;
      }
    } catch (error) {
      // The files may have gone with their bucket.
      if (!this.#isOver()) this.#onError(error);
    } finally {
      this.#running = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #isOver(): boolean {
    return this.#ended;
  }

  #release(position: number): void {
    const done = this.#waiters.filter((waiter) => waiter.position <= position);
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > position);
    for (const { resolve } of done) resolve();
  }
}
