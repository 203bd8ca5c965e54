/** Random choices that are the same for the same seed, on every machine and in every version of Node. */
export interface SeededRandom {
  /** From 0 up to 1, which it never is. */
  share(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One of these. @throws RangeError when there is none */
  pick<T>(choices: readonly T[]): T;
  /** True this often, 0 to 1. */
  chance(share: number): boolean;
  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[];
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, each step adds an odd constant and mixes. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    share: next,
    integer,
    chance: (share) => next() < share,
    pick: (choices) => {
      const [first] = choices;
      if (first === undefined) throw new RangeError('nothing to pick from');
      return choices[integer(0, choices.length - 1)] ?? first;
    },
    shuffled: (things) => {
      // Fisher-Yates, from the end.
      const order = [...things];
      for (let last = order.length - 1; last > 0; last--) {
        const other = integer(0, last);
        const moved = order[last];
        const taken = order[other];
        if (moved !== undefined && taken !== undefined) [order[last], order[other]] = [taken, moved];
      }
      return order;
    },
  };
}
