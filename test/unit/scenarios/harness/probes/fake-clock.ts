import type { Clock } from '#scenarios/harness/probes/clock.ts';

/** A clock that stands still until it is turned; what is due on the way is called at its own time. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; then: () => void }>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_000_000 + this.#now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Time that passes while a callback runs: nothing else happens. */
  spend(ms: number): void {
    this.#now += ms;
  }

  turn(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.then();
    }
    this.#now = Math.max(this.#now, end);
  }
}
