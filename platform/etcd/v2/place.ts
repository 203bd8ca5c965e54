import type { KeyValue } from '../store.ts';
import type { RangeRead } from './member-wire.ts';
import { parentsOf } from './tree.ts';

/** What stands at a path and above it, read at one revision. */
export interface Place {
  readonly path: string;
  readonly file: KeyValue | undefined;
  /** The key that makes it a directory by itself. */
  readonly marker: KeyValue | undefined;
  /** The first key below, markers of directories in it included. */
  readonly below: KeyValue | undefined;
  readonly isDirectory: boolean;
  /** From the top down, without the root. */
  readonly parents: readonly Parent[];
  /** The store's revision. */
  readonly index: number;
}

export interface Parent {
  readonly path: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  /** The key alone, without its value. */
  readonly marker: KeyValue | undefined;
}

/** What to read for a Place; `placeOf` takes the answers in the same order. */
export function readsOf(path: string): RangeRead[] {
  const at = [
    { key: path, limit: 1 },
    { key: insideOf(path), prefix: true, limit: 2 },
  ];
  const above = parentsOf(path).flatMap((parent) => [
    { key: parent, limit: 1, keysOnly: true },
    { key: `${parent}/`, prefix: true, limit: 1, keysOnly: true },
  ]);
  return [...at, ...above];
}

/**
 * What is at a path of v2: file, directory or nothing, and what its parents are. Pure.
 * @param answers to the reads of `readsOf`, in their order
 * @param index X-Etcd-Index
 */
export function placeOf(path: string, answers: readonly (readonly KeyValue[])[], index: number): Place {
  const [own = [], inside = [], ...above] = answers;
  const isRoot = path === '/';
  const [marker] = inside.filter(({ key }) => key === insideOf(path));
  const [below] = inside.filter(({ key }) => key !== insideOf(path));
  return {
    path,
    file: isRoot ? undefined : own[0],
    marker,
    below,
    isDirectory: isRoot || inside.length > 0,
    parents: parentsOf(path).map((parent, i) => {
      const [file = [], contents = []] = above.slice(2 * i, 2 * i + 2);
      return {
        path: parent,
        isFile: file.length > 0,
        isDirectory: contents.length > 0,
        marker: contents.find(({ key }) => key === `${parent}/`),
      };
    }),
    index,
  };
}

/** What every key in a directory begins with. */
export function insideOf(path: string): string {
  return path === '/' ? '/' : `${path}/`;
}
