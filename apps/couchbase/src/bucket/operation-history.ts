/** One second of a bucket's life. */
export interface Sample {
  /** Wall clock, milliseconds since 1970. */
  readonly timestamp: number;
  readonly ops: number;
  readonly items: number;
  readonly usedBytes: number;
}

/** Seconds kept: as many as the console draws and /stats answers. */
const sampleCount = 60;

/** Counts operations and keeps the last 60 seconds of them. */
export class OperationHistory {
  readonly #ring: Sample[];
  #current = 0;

  /** @param nowMs start of the history: the 60 samples before it are zero */
  constructor(nowMs: number) {
    this.#ring = Array.from({ length: sampleCount }, (_, index) => ({
      timestamp: nowMs - (sampleCount - index) * 1000,
      ops: 0,
      items: 0,
      usedBytes: 0,
    }));
  }

  count(): void {
    this.#current += 1;
  }

  /** Closes a second. */
  tick(timestamp: number, items: number, usedBytes: number): void {
    this.#ring.push({ timestamp, ops: this.#current, items, usedBytes });
    this.#ring.shift();
    this.#current = 0;
  }

  /** Oldest first, always 60. */
  get samples(): readonly Sample[] {
    return this.#ring;
  }

  /** Operations in the last full second. */
  get opsPerSecond(): number {
    return this.#ring.at(-1)?.ops ?? 0;
  }
}
