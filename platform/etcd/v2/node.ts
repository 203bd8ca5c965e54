import type { KeyValue } from '../store.ts';
import { childrenOf, type TreeNode } from './tree.ts';

/** A node as the v2 API shows it. */
export interface V2Node {
  /** Absent for the root. */
  readonly key?: string;
  /** Absent for a directory, and for what is no more. */
  readonly value?: string;
  readonly dir?: true;
  /** RFC 3339. */
  readonly expiration?: string;
  /** Seconds, rounded up. */
  readonly ttl?: number;
  readonly nodes?: V2Node[];
  /** Both absent for the root. */
  readonly modifiedIndex?: number;
  readonly createdIndex?: number;
}

/** What is left of a lease: seconds, and when it ends (ms since 1970). */
export interface TimeLeft {
  readonly ttl: number;
  readonly endsAt: number;
  /** Markers that hang on it: what is in those directories goes with them, and shows no time of its own. */
  readonly directories: readonly string[];
}

/** The time of a key that hangs on a lease for itself, and not because of a directory above it. */
export function ownTime(left: TimeLeft | undefined, key: string): TimeLeft | undefined {
  return left?.directories.some((marker) => marker !== key && key.startsWith(marker)) === true ? undefined : left;
}

/** By lease id. */
export type TimesLeft = ReadonlyMap<string, TimeLeft>;

const noTimes: TimesLeft = new Map();

/** A key with a value; or a directory, of which the key is the marker. */
export function nodeOf(kv: KeyValue, times: TimesLeft = noTimes): V2Node {
  const isMarker = kv.key.endsWith('/');
  const indexes = { modifiedIndex: kv.modRevision, createdIndex: kv.createRevision };
  const left = timeOf(ownTime(times.get(kv.lease), kv.key));
  if (isMarker) return { key: kv.key.slice(0, -1), dir: true, ...left, ...indexes };
  return { key: kv.key, value: kv.value, ...left, ...indexes };
}

/** Go leaves out a ttl of 0. */
export function timeOf(left: Pick<TimeLeft, 'ttl' | 'endsAt'> | undefined): Pick<V2Node, 'expiration' | 'ttl'> {
  if (left === undefined) return {};
  const expiration = new Date(left.endsAt).toISOString();
  return left.ttl === 0 ? { expiration } : { expiration, ttl: left.ttl };
}

/** A directory that is only implied has the indexes of the first key in it; v2 would have those of its making. */
export function directoryOf(
  path: string,
  marker: KeyValue | undefined,
  firstBelow: KeyValue | undefined,
  times: TimesLeft = noTimes,
): V2Node {
  if (path === '/') return { dir: true };
  if (marker !== undefined) return nodeOf(marker, times);
  const madeAt = firstBelow?.createRevision;
  const indexes = madeAt === undefined ? {} : { modifiedIndex: madeAt, createdIndex: madeAt };
  return { key: path, dir: true, ...indexes };
}

/**
 * A directory with what is in it, one level or all; sorted by name, as every listing here is.
 * @param items every key below the directory
 */
export function listingOf(directory: V2Node, items: readonly KeyValue[], recursive: boolean, times: TimesLeft): V2Node {
  const path = directory.key ?? '/';
  const nodes = childrenOf({ path, below: items }).map((child) => treeNode(child, recursive, times));
  return withNodes(directory, nodes);
}

function treeNode(child: TreeNode, recursive: boolean, times: TimesLeft): V2Node {
  if (!child.directory && child.kv) return nodeOf(child.kv, times);
  const marker = child.kv?.key.endsWith('/') === true ? child.kv : undefined;
  const directory = directoryOf(child.path, marker, child.first, times);
  return recursive
    ? withNodes(
        directory,
        child.nodes.map((below) => treeNode(below, recursive, times)),
      )
    : directory;
}

/** In Go's order of fields; an empty list is left out. */
function withNodes(directory: V2Node, nodes: V2Node[]): V2Node {
  if (nodes.length === 0) return directory;
  const { modifiedIndex, createdIndex, ...first } = directory;
  if (modifiedIndex === undefined || createdIndex === undefined) return { ...first, nodes };
  return { ...first, nodes, modifiedIndex, createdIndex };
}
