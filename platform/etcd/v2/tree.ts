import { posix } from 'node:path';
import type { KeyValue } from '../store.ts';

/**
 * etcd v2's tree of files and directories on v3's flat keys. A file is a key; a directory is whatever has keys below it, or has a
 * **marker**: a key that ends in `/` with an empty value (v2 paths never end so, and `--prefix` reads show what it is). `mkdir`
 * writes markers for the directory and its parents; `set` and `mk` write none, so a directory made by them goes with its last key.
 * Names that begin with `_` are hidden from listings above them, as in v2.
 */
export interface TreeNode {
  readonly path: string;
  /** undefined for a directory without a marker. */
  readonly kv: KeyValue | undefined;
  readonly directory: boolean;
  /** The first key in a directory, hidden ones and its marker included. */
  readonly first: KeyValue | undefined;
  /** The visible ones. */
  readonly nodes: TreeNode[];
}

/** The visible nodes directly below `place`, each with its own below it, sorted by name. */
export function childrenOf(place: { path: string; below: readonly KeyValue[] }): TreeNode[] {
  const inside = place.path === '/' ? '/' : `${place.path}/`;
  const groups = new Map<string, KeyValue[]>();
  for (const kv of place.below) {
    const name = kv.key.slice(inside.length).split('/')[0] ?? '';
    if (name === '' || name.startsWith('_')) continue;
    const group = groups.get(name);
    if (group) group.push(kv);
    else groups.set(name, [kv]);
  }
  return [...groups].sort(byName).map(([name, items]) => {
    const path = inside + name;
    const file = items.find((kv) => kv.key === path);
    const marker = items.find((kv) => kv.key === `${path}/`);
    const below = items.filter((kv) => kv.key.startsWith(`${path}/`) && kv !== marker);
    const directory = marker !== undefined || below.length > 0;
    const first = below[0] ?? marker;
    return { path, kv: file ?? marker, directory, first, nodes: directory ? childrenOf({ path, below }) : [] };
  });
}

/** v2 cleans paths: `a//b/` is `/a/b`. */
export function cleanPath(key: string): string {
  const path = posix.normalize(`/${key}`);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** `/a/b/c` -> `/a`, `/a/b` */
export function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
}

/** A key v2 would not show to someone who lists or watches `from`. */
export function isHidden(from: string, key: string): boolean {
  return key
    .slice(from === '/' ? 1 : from.length + 1)
    .split('/')
    .some((name) => name.startsWith('_'));
}

function byName(a: [string, unknown], b: [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
