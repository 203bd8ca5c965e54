/** Something that needs one machine: where it may go, how much it loads, and with which others it must not share a machine. */
export interface Choice {
  readonly machines: readonly string[];
  readonly weight: number;
  readonly apart: ReadonlySet<number>;
}

/**
 * Finds a machine for each of several choices, by backtracking: the one with the fewest machines left comes next (the first among
 * equals), on the least loaded machine first, and what it takes is struck from those that must be apart from it. Pure, and the same for
 * the same input.
 * @param loads what each machine has before
 * @param budget how many looks at a choice may be taken; what is used is taken off
 * @returns a machine for each choice, in their order; undefined when there is none, or none was found within the budget
 */
export function searchAssignment(
  choices: readonly Choice[],
  loads: ReadonlyMap<string, number>,
  budget: { looks: number },
): string[] | undefined {
  const load = new Map(loads);
  const weigh = (i: number, machine: string, sign: 1 | -1): void =>
    void load.set(machine, (load.get(machine) ?? 0) + sign * (choices[i]?.weight ?? 0));
  const left = choices.map((choice) => new Set(choice.machines));
  const taken = new Map<number, string>();

  const next = (): number => {
    let best = -1;
    for (const [i, machines] of left.entries()) {
      if (!taken.has(i) && (best < 0 || machines.size < (left[best]?.size ?? 0))) best = i;
    }
    return best;
  };
  /** Strikes the machine from all that must be apart; gives back from whom it was struck, and whether all still have one. */
  const strike = (i: number, machine: string): { struck: number[]; viable: boolean } => {
    const struck: number[] = [];
    for (const other of choices[i]?.apart ?? []) {
      if (taken.has(other) || left[other]?.delete(machine) !== true) continue;
      struck.push(other);
      if (left[other].size === 0) return { struck, viable: false };
    }
    return { struck, viable: true };
  };
  // An own stack: there may be more choices than calls fit into one another.
  const stack: { i: number; options: readonly string[]; at: number; struck: readonly number[] }[] = [];
  const open = (): boolean => {
    const i = next();
    if (i < 0) return false;
    const options = (choices[i]?.machines ?? [])
      .filter((machine) => left[i]?.has(machine))
      .sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0));
    stack.push({ i, options, at: 0, struck: [] });
    return true;
  };
  if (!open()) return [];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const undone = taken.get(top.i);
    if (undone !== undefined) {
      for (const other of top.struck) left[other]?.add(undone);
      weigh(top.i, undone, -1);
      taken.delete(top.i);
    }
    const machine = top.options[top.at++];
    if (machine === undefined) {
      stack.pop();
      continue;
    }
    // A step looks at every choice once or twice.
    budget.looks -= choices.length;
    if (budget.looks <= 0) return undefined;
    taken.set(top.i, machine);
    weigh(top.i, machine, 1);
    const { struck, viable } = strike(top.i, machine);
    top.struck = struck;
    if (viable && !open()) return choices.map((_, i) => taken.get(i)).filter((found) => found !== undefined);
  }
  return undefined;
}
