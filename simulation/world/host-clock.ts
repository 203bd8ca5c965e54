/** A machine's monotonic clock, which may go too fast or too slow. */
export class HostClock {
  readonly #trueNow: () => number;
  #rate = 1;
  /** True time, and what the clock said then, when its rate last changed. */
  #since = 0;
  #said = 0;

  /** @param trueNow ms of simulated time */
  constructor(trueNow: () => number) {
    this.#trueNow = trueNow;
  }

  /** What the machine takes for the time, ms. */
  now(): number {
    return this.#said + (this.#trueNow() - this.#since) * this.#rate;
  }

  /** @param rate its milliseconds in a true millisecond: 1.01 is a clock that gains 1 % */
  setRate(rate: number): void {
    this.#said = this.now();
    this.#since = this.#trueNow();
    this.#rate = rate;
  }

  /** How long something really takes that the machine times with `ms`. */
  trueMs(ms: number): number {
    return ms / this.#rate;
  }
}
