export type Tree = Readonly<Record<string, unknown>>;

/**
 * Lays `child` over `parent` by the rules of Ignition's own merge (operator notes, "Config merging"): objects are joined member by
 * member, lists by what names their items, a plain value is the child's; `append` is one list after the other.
 * Two departures, where Ignition's result would fail at boot: a source that the child gives brings its own hash and compression
 * along or none, and an owner is the child's alone, so that it is never both a name and a number.
 */
export function mergeTrees(parent: Tree, child: Tree): Tree {
  const sum: Record<string, unknown> = { ...parent };
  for (const [key, value] of Object.entries(child)) {
    if (value !== undefined) sum[key] = mergeMember(key, sum[key], value);
  }
  return sum;
}

function mergeMember(key: string, parent: unknown, child: unknown): unknown {
  if (Array.isArray(parent) && Array.isArray(child)) {
    return key === 'append' ? [parent, child].flat() : mergeLists(key, parent, child);
  }
  if (!isTree(parent) || !isTree(child) || isWhole(key, parent, child)) return child;
  return mergeTrees(parent, child);
}

function isWhole(key: string, parent: Tree, child: Tree): boolean {
  if (key === 'user' || key === 'group') return true;
  return child['source'] !== undefined && child['source'] !== parent['source'];
}

function mergeLists(key: string, parents: readonly unknown[], children: readonly unknown[]): unknown[] {
  const byName = new Map(children.map((item) => [nameOf(item), item]));
  const known = new Set(parents.map(nameOf));
  const kept = parents.flatMap((parent) => {
    const child = byName.get(nameOf(parent));
    if (!isTree(parent) || !isTree(child)) return [parent];
    // A header without a value takes the parent's away.
    if (key === 'httpHeaders' && child['value'] === undefined) return [];
    return [mergeTrees(child['mask'] === true ? withoutMasked(parent) : parent, child)];
  });
  return [...kept, ...children.filter((item) => !known.has(nameOf(item)))];
}

/** A masked unit is nothing but masked, whatever the parent made of it. */
function withoutMasked(unit: Tree): Tree {
  return Object.fromEntries(Object.entries(unit).filter(([key]) => key !== 'contents' && key !== 'enabled'));
}

/** What an item of a list is known by: a file's path, a unit's name, a resource's source; a text is its own name. */
export function nameOf(item: unknown): unknown {
  return isTree(item) ? (item['path'] ?? item['name'] ?? item['source']) : item;
}

/** An object, and no list. Pure. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
