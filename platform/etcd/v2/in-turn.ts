export type InTurn = <T>(name: string, run: () => Promise<T>) => Promise<T>;

/** Runs what has the same name one after the other, in the order of the calls; what one throws does not hold up the next. */
export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (name, run) => {
    const before = last.get(name);
    const mine = (before ?? Promise.resolve()).then(run);
    const settled = mine.catch(() => undefined);
    last.set(name, settled);
    try {
      return await mine;
    } finally {
      if (last.get(name) === settled) last.delete(name);
    }
  };
}
