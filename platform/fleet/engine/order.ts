import type { Placeable } from '../unit/requirements.ts';

/**
 * Units sorted so that every MachineOf target stands before its followers, otherwise by name. Units in a MachineOf circle
 * (which can never run) come where the circle is entered.
 */
export function principalsFirst<T extends Placeable>(units: readonly T[]): T[] {
  const byName = new Map(units.map((u) => [u.name, u]));
  const ordered: T[] = [];
  const seen = new Set<string>();
  const visit = (root: T): void => {
    // An own stack: a chain of followers may be as long as somebody cares to make it.
    const stack: { unit: T; next: number }[] = [{ unit: root, next: 0 }];
    seen.add(root.name);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const peerName = top.unit.requirements.machineOf[top.next++];
      if (peerName === undefined) {
        ordered.push(top.unit);
        stack.pop();
        continue;
      }
      const peer = byName.get(peerName);
      if (peer === undefined || seen.has(peer.name)) continue;
      seen.add(peer.name);
      stack.push({ unit: peer, next: 0 });
    }
  };
  for (const unit of [...units].sort(byNameOrder)) if (!seen.has(unit.name)) visit(unit);
  return ordered;
}

/** By name, in the order of UTF-16 code units: for Array.sort. Pure. */
export function byNameOrder(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The MachineOf circle that `unit` is in (`a -> b -> a`), if any. */
export function machineOfCircle(unit: Placeable, byName: ReadonlyMap<string, Placeable>): string | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [unit.name];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const peer of byName.get(name)?.requirements.machineOf ?? []) {
      if (peer === unit.name) {
        const path = [name];
        for (let step = cameFrom.get(name); step !== undefined; step = cameFrom.get(step)) path.unshift(step);
        return [...path, unit.name].join(' -> ');
      }
      if (cameFrom.has(peer)) continue;
      cameFrom.set(peer, name);
      queue.push(peer);
    }
  }
  return undefined;
}
