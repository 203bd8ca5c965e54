import type { EtcdStore, KeyValue } from '../../etcd/store.ts';
import { parentsOf } from '../../etcd/v2/tree.ts';
import { v2Failure } from './failure.ts';

export { childrenOf, cleanPath, isHidden, parentsOf } from '../../etcd/v2/tree.ts';
export type { TreeNode } from '../../etcd/v2/tree.ts';

/** What stands at a path of v2's tree ([tree.ts](../../etcd/v2/tree.ts)). */
export async function placeAt(store: EtcdStore, path: string): Promise<Place> {
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

/**
 * Throws what v2 says about a path whose key is not there: 104 when a parent is a file, else 100 naming the first part that is
 * missing.
 */
export async function failMissing(store: EtcdStore, path: string, index: number): Promise<never> {
  await failUnderFile(store, path);
  for (const parent of parentsOf(path)) {
    if (!(await placeAt(store, parent)).isDirectory) throw v2Failure(100, parent, index);
  }
  throw v2Failure(100, path, index);
}

/** Throws 104 when some parent of `path` is a file. */
export async function failUnderFile(store: EtcdStore, path: string): Promise<void> {
  for (const parent of parentsOf(path)) {
    const place = await placeAt(store, parent);
    if (place.file) throw v2Failure(104, parent, place.index);
  }
}
