import { casOf, type Cas } from '../wire/cas.ts';

/** Gives CAS values: of the wall clock while that moves forward, else the next one; strictly rising, never 0. */
export class CasClock {
  #last: Cas = 0;
  readonly #nowMs: () => number;

  /** @param nowMs wall clock, milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** None of those that follow is this one, or before it. */
  raise(cas: Cas): void {
    if (cas > this.#last) this.#last = cas;
  }

  /** The last that was given. */
  get last(): Cas {
    return this.#last;
  }

  /** A value above every one that was given or raised before. */
  next(): Cas {
    const wall = casOf(this.#nowMs());
    this.#last = wall > this.#last ? wall : this.#last + 1;
    return this.#last;
  }
}
