import type { KeyValue } from '../store.ts';
import type { Done } from './action.ts';
import type { V2Node } from './node.ts';

/** A write as one transaction of v3: all conditions hold, or nothing is written and the place is looked at again. */
export interface WritePlan {
  readonly action: Done;
  readonly conditions: readonly Condition[];
  readonly writes: readonly PlannedWrite[];
  /**
   * Of a directory that is there already: what hung on `hungOn` as it did ('0': nothing runs out) hangs on the plan's lease from now on, or, without
   * a ttl, on `lease`.
   */
  readonly contents: { readonly hungOn: string; readonly lease: string | undefined } | undefined;
  /** Where the node of the answer stands; for a creation in order that is not the path of the request. */
  readonly path: string;
  /** Undefined: the node is a directory, or no more. */
  readonly value: string | undefined;
  readonly isDirectory: boolean;
  /** The key that is written, or removed, as it was: it keeps its index of creation, and its lease is to be ended. */
  readonly before: KeyValue | undefined;
  /** What the answer shows as the node before. */
  readonly prevNode: V2Node | undefined;
  /** Seconds to live of what is written. */
  readonly ttl: bigint | undefined;
  /** Only the time to live changes: where the lease has just that one it is kept alive, and nothing is written. */
  readonly refresh: boolean;
}

export type Condition =
  | { readonly key: string; readonly modRevision: number }
  | { readonly key: string; readonly value: string }
  | { readonly key: string; readonly absent: true }
  | { readonly key: string; readonly exists: true }
  /** It does not run out, or is not there. */
  | { readonly unleased: string }
  /** No key in the directory, its own marker aside. */
  | { readonly emptyBelow: string }
  /** No key in the directory was written after that revision. */
  | { readonly unchangedBelow: string; readonly since: number };

export type PlannedWrite =
  | PlannedPut
  /** The key stays as it is, but for its lease; undefined: it has none any more. */
  | { readonly hang: string; readonly lease: string | undefined }
  | { readonly delete: string; readonly prefix?: boolean };

export interface PlannedPut {
  readonly put: string;
  readonly value: string;
  /** With the lease of the plan's ttl. */
  readonly leased?: boolean;
  /** That it hangs on otherwise. */
  readonly lease?: string | undefined;
}
