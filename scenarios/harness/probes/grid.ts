import type { Clock } from './clock.ts';

/** Calls `tick` on a fixed grid of times: slot n is due at the start plus n periods, however long earlier ticks took. */
export interface Grid {
  stop(): void;
}

/**
 * One timer for everything that happens regularly. A tick that comes too late (a starved host) skips the slots it missed
 * instead of making up for them in a burst.
 * @param tick gets the number of the slot and how many slots before it were missed
 */
export function startGrid(options: {
  readonly periodMs: number;
  readonly clock: Clock;
  readonly tick: (slot: number, missed: number) => void;
}): Grid {
  const { periodMs, clock, tick } = options;
  const began = clock.now();
  let last = -1;
  let stopped = false;
  let cancel: () => void = () => undefined;
  const turn = (): void => {
    const due = dueSlot(clock.now() - began, periodMs, last);
    const missed = due - last - 1;
    last = due;
    tick(due, missed);
    if (!stopped) cancel = clock.after(delayToSlot(clock.now() - began, periodMs, last + 1), turn);
  };
  cancel = clock.after(0, turn);
  return {
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

/** The newest slot whose time has come `elapsedMs` after the start, at least the one after `last`. */
export function dueSlot(elapsedMs: number, periodMs: number, last: number): number {
  return Math.max(last + 1, Math.floor(elapsedMs / periodMs));
}

/** Whole ms to wait until a slot's time has come; 0 when it has. */
export function delayToSlot(elapsedMs: number, periodMs: number, slot: number): number {
  return Math.max(0, Math.ceil(slot * periodMs - elapsedMs));
}
