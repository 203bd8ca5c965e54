import { checkedConfig } from './define-config.ts';
import { isTree, mergeTrees, nameOf, type Tree } from './merge-trees.ts';
import { originsOf, placeByOrigins, rememberOrigins } from './origins.ts';
import type { IgnitionConfig, IgnitionFragment } from './types.ts';

/**
 * Lays each fragment over those before it, as Ignition merges configs: users, groups, units, drop-ins, files, directories and links
 * of one name become one, in which the later fragment wins; ssh keys and groups are joined. A path that is a file in one
 * and a link or a directory in a later one is what the later one says.
 * @throws LabError ignition.* when the whole cannot be, naming file and line of the fragment that `parseIgnition` read
 */
export function merge(...fragments: readonly IgnitionFragment[]): IgnitionConfig {
  const empty: Tree = { ignition: { version: '3.3.0' } };
  const merged = fragments.reduce<Tree>((parent, child) => {
    const tree: Tree = { ...child };
    return mergeTrees(withoutReplacedNodes(parent, tree), tree);
  }, empty);
  const origins = fragments.flatMap(originsOf);
  return rememberOrigins(checkedConfig(merged, placeByOrigins(merged, origins)), origins);
}

const nodeLists = ['directories', 'files', 'links'];

/** The parent without the paths that another list of the child has: one path is one thing. */
function withoutReplacedNodes(parent: Tree, child: Tree): Tree {
  const [storage, over] = [parent['storage'], child['storage']];
  if (!isTree(storage) || !isTree(over)) return parent;
  const kept = Object.entries(storage).map(([list, nodes]) => {
    if (!nodeLists.includes(list) || !Array.isArray(nodes)) return [list, nodes];
    const others = nodeLists.filter((other) => other !== list).flatMap((other) => pathsOf(over[other]));
    return [list, nodes.filter((node) => !others.includes(nameOf(node)))];
  });
  return { ...parent, storage: Object.fromEntries(kept) as Tree };
}

function pathsOf(nodes: unknown): unknown[] {
  return Array.isArray(nodes) ? nodes.map(nameOf) : [];
}
