import { ChangeFeed } from '#apps/couchbase/src/bucket/change-feed.ts';
import { Collections } from '#apps/couchbase/src/bucket/collections.ts';
import type { DocumentStore } from '#apps/couchbase/src/bucket/document-store.ts';
import { Quota } from '#apps/couchbase/src/bucket/quota.ts';
import { Sequence } from '#apps/couchbase/src/bucket/sequence.ts';
import { Tombstones } from '#apps/couchbase/src/bucket/tombstones.ts';

/** Collections of a bucket that stands alone. */
export function newCollections(
  args: { nowMs?: () => number; maxTtlS?: number; quotaBytes?: number; tombstones?: number } = {},
): Collections {
  const { nowMs = Date.now, maxTtlS = 0, quotaBytes = 1e9, tombstones = 10_000 } = args;
  return new Collections({
    nowMs,
    maxTtlS: () => maxTtlS,
    quota: new Quota(quotaBytes),
    sequence: new Sequence(nowMs),
    tombstones: new Tombstones(tombstones),
    feed: new ChangeFeed(),
    isFollowing: () => false,
  });
}

/** A collection's documents, alone. */
export function newStore(args: Parameters<typeof newCollections>[0] = {}): DocumentStore {
  return newCollections(args).default;
}
