import { gapBefore, rsvpAt, type Rsvp } from './rsvp.ts';

export interface RsvpClock {
  /** Index of the next event. */
  readonly next: number;
  stop(): void;
}

/**
 * Plays the stream in real time from `startIndex` on, whether anybody listens or not, as a public stream does: who connects late
 * or again has missed what went by. Due times add up instead of each wait starting at the last callback, so the rate holds.
 */
export function startRsvpClock(
  options: { seed: number; startIndex: number; rate: number },
  onRsvp: (rsvp: Rsvp) => void,
): RsvpClock {
  let index = options.startIndex;
  let due = performance.now() + gapBefore(options.seed, index, options.rate);
  const tick = (): void => {
    onRsvp(rsvpAt(options.seed, index));
    index += 1;
    const now = performance.now();
    // A process that was frozen must not pour out everything it slept through.
    if (now - due > maxLagMs) due = now;
    due += gapBefore(options.seed, index, options.rate);
    timer = setTimeout(tick, Math.max(0, due - now));
  };
  let timer = setTimeout(tick, due - performance.now());
  return {
    get next() {
      return index;
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}

const maxLagMs = 2000;
