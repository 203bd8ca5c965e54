/** Time as the probes see it; given in, so that a test can turn it. */
export interface Clock {
  /** Monotonic ms. */
  now(): number;
  /** Wall-clock ms since the epoch. */
  wall(): number;
  /** Calls `then` once after `ms`; the answer cancels it. */
  after(ms: number, then: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
