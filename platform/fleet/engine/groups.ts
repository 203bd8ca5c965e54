import { globMatches, isLiteral } from '../unit/glob.ts';
import type { Placeable } from '../unit/requirements.ts';

/** Units divided into groups that have nothing to do with each other: no Conflicts, Replaces or MachineOf goes from one to another. */
export function groupsOf<T extends Placeable>(units: readonly T[]): T[][] {
  const byName = new Map(units.map((u) => [u.name, u]));
  const parent = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    // A short way for the next who asks.
    if (root !== name) parent.set(name, root);
    return root;
  };
  const join = (a: string, b: string): void => {
    const [left, right] = [rootOf(a), rootOf(b)];
    if (left !== right) parent.set(right, left);
  };
  // Instances of one template mostly say the same: each pattern is matched once.
  const matched = new Map<string, readonly string[]>();
  const matches = (glob: string): readonly string[] => {
    const before = matched.get(glob);
    if (before !== undefined) return before;
    const names = isLiteral(glob) ? [glob] : [...byName.keys()].filter((name) => globMatches(glob, name));
    const found = names.filter((name) => byName.has(name));
    for (const name of found) join(found[0] ?? name, name);
    matched.set(glob, found);
    return found;
  };
  for (const { name, requirements } of units) {
    for (const peer of requirements.machineOf) if (byName.has(peer)) join(name, peer);
    for (const glob of [...requirements.conflicts, ...requirements.replaces]) {
      const [first] = matches(glob);
      if (first !== undefined) join(name, first);
    }
  }
  const groups = new Map<string, T[]>();
  for (const unit of units) {
    const root = rootOf(unit.name);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [unit]);
    else group.push(unit);
  }
  return [...groups.values()];
}
