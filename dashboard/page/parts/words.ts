import { createContext, useContext } from 'react';
import { hundredths } from '#errors/seconds.ts';

/** How a moment of the story is written: of a live one in this host's time, of a recorded run in seconds of the run. */
export interface Clock {
  readonly live: boolean;
  readonly beganWallMs: number;
}

export const ClockContext = createContext<Clock>({ live: false, beganWallMs: 0 });

/** @returns a moment, ms of the story, as it is written */
export function useClock(): (atMs: number) => string {
  const clock = useContext(ClockContext);
  return (atMs) => timeOf(clock, atMs);
}

/** Pure. */
function timeOf({ live, beganWallMs }: Clock, atMs: number): string {
  if (!live) return hundredths(atMs);
  return new Date(beganWallMs + atMs).toTimeString().slice(0, 8);
}

/** `2.4 s`, `3 min`. */
export function age(ms: number): string {
  return ms < 100_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min`;
}
