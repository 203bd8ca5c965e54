/**
 * Gives CAS values: unsigned 64-bit, never 0, strictly rising even when the wall clock steps back.
 * Nanoseconds of the wall clock while it moves forward, else the last value plus one.
 */
export class CasClock {
  #last = 0n;
  readonly #nowMs: () => number;

  /** @param nowMs wall clock, milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  next(): bigint {
    const wall = BigInt(Math.floor(this.#nowMs())) * 1_000_000n;
    this.#last = wall > this.#last ? wall : this.#last + 1n;
    return this.#last;
  }
}
