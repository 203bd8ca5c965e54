import type { KeyValue } from '../store.ts';
import type { Done } from './action.ts';
import type { V2Node } from './node.ts';

/** A write as one transaction of v3: all conditions hold, or nothing is written and the place is looked at again. */
export interface WritePlan {
  action: Done;
  conditions: readonly Condition[];
  writes: readonly PlannedWrite[];
  /** Where the node of the answer stands; for a creation in order that is not the path of the request. */
  path: string;
  /** Undefined: the node is a directory, or no more. */
  value: string | undefined;
  isDirectory: boolean;
  /** The key that is written, or removed, as it was: it keeps its index of creation, and its lease is to be ended. */
  before: KeyValue | undefined;
  /** What the answer shows as the node before. */
  prevNode: V2Node | undefined;
  /** Seconds to live of what is written. */
  ttl: bigint | undefined;
  /** Only the time to live changes: where the lease has just that one it is kept alive, and nothing is written. */
  refresh: boolean;
}

export type Condition =
  | { key: string; modRevision: number }
  | { key: string; absent: true }
  /** No key in the directory, its own marker aside. */
  | { emptyBelow: string }
  /** No key in the directory was written after that revision. */
  | { unchangedBelow: string; since: number };

/** `leased`: with the lease of the plan's ttl. */
export type PlannedWrite = { put: string; value: string; leased?: boolean } | { delete: string; prefix?: boolean };
