import type { ChangeFeed } from './change-feed.ts';
import type { BucketJournal } from './journal.ts';
import type { Quota } from './quota.ts';
import type { Sequence } from './sequence.ts';
import type { Tombstones } from './tombstones.ts';

/** What all collections of a bucket share. */
export interface Shared {
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: () => number;
  /** The bucket's longest life of a document, seconds; 0 for any. */
  readonly maxTtlS: () => number;
  readonly quota: Quota;
  readonly sequence: Sequence;
  readonly tombstones: Tombstones;
  readonly feed: ChangeFeed;
  /** Whether the bucket follows another one: nothing changes in it by itself. */
  readonly isFollowing: () => boolean;
  /** Where changes are recorded; undefined for a bucket that lives in memory only. */
  journal?: BucketJournal | undefined;
}

/** Why a document could not be stored: memory, or the disk. Nothing is changed then. */
export type Refusal = 'full' | 'disk full';
