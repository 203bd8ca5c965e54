import { posix } from 'node:path';
import type { EtcdStore, KeyValue } from '../../etcd/store.ts';
import { v2Failure } from './failure.ts';

/**
 * etcd v2's tree of files and directories on v3's flat keys. A file is a key; a directory is whatever has keys below it, or has a
 * **marker**: a key that ends in `/` with an empty value (v2 paths never end so, and `--prefix` reads show what it is). `mkdir`
 * writes markers for the directory and its parents; `set` and `mk` write none, so a directory made by them goes with its last key.
 * Names that begin with `_` are hidden from listings above them, as in v2.
 */
export async function look(store: EtcdStore, path: string): Promise<Place> {
  const listing = await store.list(path);
  const inside = path === '/' ? '/' : `${path}/`;
  const below = listing.items.filter((kv) => kv.key.startsWith(inside) && kv.key !== inside);
  const marker = listing.items.find((kv) => kv.key === inside);
  const file = path === '/' ? undefined : listing.items.find((kv) => kv.key === path);
  return {
    path,
    file,
    marker,
    below,
    isDirectory: path === '/' || !!marker || below.length > 0,
    index: listing.revision,
  };
}

export interface Place {
  readonly path: string;
  readonly file: KeyValue | undefined;
  readonly marker: KeyValue | undefined;
  /** Every key strictly below, markers of directories included, sorted. */
  readonly below: KeyValue[];
  readonly isDirectory: boolean;
  /** The store's revision. */
  readonly index: number;
}

export interface TreeNode {
  readonly path: string;
  /** undefined for a directory without a marker. */
  readonly kv: KeyValue | undefined;
  readonly directory: boolean;
  readonly nodes: TreeNode[];
}

/** The visible nodes directly below `place`, each with its own below it, sorted by name. */
export function childrenOf(place: Pick<Place, 'path' | 'below'>): TreeNode[] {
  const inside = place.path === '/' ? '/' : `${place.path}/`;
  const groups = new Map<string, KeyValue[]>();
  for (const kv of place.below) {
    const name = kv.key.slice(inside.length).split('/')[0] ?? '';
    if (name === '' || name.startsWith('_')) continue;
    groups.set(name, [...(groups.get(name) ?? []), kv]);
  }
  return [...groups].sort(byName).map(([name, items]) => {
    const path = inside + name;
    const file = items.find((kv) => kv.key === path);
    const marker = items.find((kv) => kv.key === `${path}/`);
    const below = items.filter((kv) => kv.key.startsWith(`${path}/`) && kv !== marker);
    const directory = marker !== undefined || below.length > 0;
    return { path, kv: file ?? marker, directory, nodes: directory ? childrenOf({ path, below }) : [] };
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

/**
 * Throws what v2 says about a path whose key is not there: 104 when a parent is a file, else 100 naming the first part that is
 * missing.
 */
export async function failMissing(store: EtcdStore, path: string, index: number): Promise<never> {
  await failUnderFile(store, path);
  for (const parent of parentsOf(path)) {
    if (!(await look(store, parent)).isDirectory) throw v2Failure(100, parent, index);
  }
  throw v2Failure(100, path, index);
}

/** Throws 104 when some parent of `path` is a file. */
export async function failUnderFile(store: EtcdStore, path: string): Promise<void> {
  for (const parent of parentsOf(path)) {
    const place = await look(store, parent);
    if (place.file) throw v2Failure(104, parent, place.index);
  }
}

function byName(a: [string, unknown], b: [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
