/** What a process of the simulation gets in place of Node's own timers, clock and random numbers. */
export interface ProcessGlobals {
  /** Calls `act` after `ms` of the machine's clock, and again and again with `repeat`. */
  setTimer(ms: number, act: () => void, repeat: boolean): SimulatedTimer;
  /** Calls `act` at this moment of the world, after what runs now. */
  soon(act: () => void): SimulatedTimer;
  /** ms, monotonic, as the process's machine tells it. */
  now(): number;
  /** 0 to 1, of the run's seed. */
  random(): number;
}

/** Stands for Node's Timeout and Immediate: what fleetd does with them. */
export interface SimulatedTimer {
  clear(): void;
}

/** Wall-clock ms at which a simulated machine's clock stands at 0: 2016-01-01. */
const epochMs = 1_451_606_400_000;

/**
 * Puts the simulation's timers in place of the global ones, so that the code of the product runs as it is: whatever it waits for, it
 * waits in simulated time, and no call can be forgotten.
 * @param current whose code runs now; undefined: nobody's, and then a timer is a mistake of the simulation
 * @returns puts the real ones back
 */
export function replaceGlobals(current: () => ProcessGlobals | undefined): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
  };
  const realRandom = Math.random;
  const realDate = Date.now;
  const own = (): ProcessGlobals => {
    const process = current();
    if (process === undefined) throw new Error('a timer or clock was asked for outside of any simulated process');
    return process;
  };
  const clear = (timer: unknown): void => {
    if (timer instanceof Handle) timer.clear();
  };
  const timer =
    (repeat: boolean) =>
    (act: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): Handle =>
      new Handle(own().setTimer(wholeMs(ms), () => act(...args), repeat));
  Object.assign(globalThis, {
    setTimeout: timer(false),
    setInterval: timer(true),
    setImmediate: (act: (...args: unknown[]) => void, ...args: unknown[]) => new Handle(own().soon(() => act(...args))),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  });
  Math.random = () => own().random();
  // What runs outside of any simulated process, such as what counts its real time, has the real date.
  Date.now = () => {
    const process = current();
    return process === undefined ? realDate() : epochMs + Math.trunc(process.now());
  };
  Object.defineProperty(performance, 'now', { value: () => own().now(), configurable: true });
  return () => {
    Object.assign(globalThis, real);
    Math.random = realRandom;
    Date.now = realDate;
    // What is left is the one of its prototype.
    Reflect.deleteProperty(performance, 'now');
  };
}

class Handle implements SimulatedTimer {
  readonly #timer: SimulatedTimer;
  constructor(timer: SimulatedTimer) {
    this.#timer = timer;
  }
  clear(): void {
    this.#timer.clear();
  }
  /** A simulation does not end because nothing but this is left. */
  unref(): this {
    return this;
  }
  ref(): this {
    return this;
  }
}

/** As Node has it: no less than 1 ms, whole milliseconds, and 1 ms for what a timer cannot hold. */
function wholeMs(ms: number | undefined): number {
  const whole = Math.trunc(ms ?? 1);
  return whole >= 1 && whole < 2 ** 31 ? whole : 1;
}
