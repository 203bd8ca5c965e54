import { globMatches, isLiteral } from '../unit/glob.ts';
import type { Placeable } from '../unit/requirements.ts';

/**
 * The same units, with each Replaces= that leads in a circle turned into Conflicts=. Who replaces somebody who (by way of others, or of the units that
 * MachineOf ties them to) replaces them would be driven away again, for ever: that is what the original does. Neither drives the other away then,
 * and whoever runs stays. Pure.
 */
export function withoutCircles<T extends Placeable>(units: readonly T[]): T[] {
  const tied = tiesOf(units);
  const edges = edgesOf(units, tied);
  const inCircle = peeled(edges);
  return units.map((unit) => {
    const { replaces, conflicts } = unit.requirements;
    const own = tied(unit.name);
    const circular = replaces.filter((glob) =>
      [...(edges.get(own)?.get(glob) ?? [])].some(
        (other) => other === own || (inCircle.has(own) && inCircle.has(other)),
      ),
    );
    if (circular.length === 0) return unit;
    const requirements = {
      ...unit.requirements,
      replaces: replaces.filter((glob) => !circular.includes(glob)),
      conflicts: [...conflicts, ...circular],
    };
    return { ...unit, requirements };
  });
}

/** Bunch -> what its units say -> bunches of the units that are meant. */
type Edges = Map<string, Map<string, ReadonlySet<string>>>;

/** Names each bunch of units that MachineOf ties together by one of them. */
function tiesOf(units: readonly Placeable[]): (name: string) => string {
  const parent = new Map<string, string>();
  const root = (name: string): string => {
    let at = name;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const { name, requirements } of units) {
    for (const peer of requirements.machineOf) {
      const [a, b] = [root(name), root(peer)];
      if (a !== b) parent.set(a, b);
    }
  }
  return root;
}

function edgesOf(units: readonly Placeable[], tied: (name: string) => string): Edges {
  const matched = new Map<string, readonly string[]>();
  const names = new Set(units.map((u) => u.name));
  const matches = (glob: string): readonly string[] => {
    const before = matched.get(glob);
    if (before !== undefined) return before;
    const found = isLiteral(glob) ? [glob].filter((n) => names.has(n)) : [...names].filter((n) => globMatches(glob, n));
    matched.set(glob, found);
    return found;
  };
  const edges: Edges = new Map();
  for (const { name, requirements } of units) {
    for (const glob of requirements.replaces) {
      const from = edges.get(tied(name)) ?? new Map<string, ReadonlySet<string>>();
      edges.set(tied(name), from);
      const to = matches(glob).filter((other) => other !== name);
      from.set(glob, new Set([...(from.get(glob) ?? []), ...to.map(tied)]));
    }
  }
  return edges;
}

/** Bunches that are left when those that replace nobody who is left, or whom nobody left replaces, are taken away again and again. */
function peeled(edges: Edges): ReadonlySet<string> {
  let left = new Set([...edges.keys()]);
  for (;;) {
    const out = (from: string): string[] => [...(edges.get(from)?.values() ?? [])].flatMap((to) => [...to]);
    const meant = new Set([...left].flatMap((from) => out(from).filter((to) => to !== from)));
    const next = new Set([...left].filter((n) => meant.has(n) && out(n).some((to) => to !== n && left.has(to))));
    if (next.size === left.size) return left;
    left = next;
  }
}
