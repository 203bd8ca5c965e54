/** What the documents of a bucket may take of the process beside its RAM quota. README.md has the same table. */
export const bucketLimits = {
  /**
   * Share of V8's heap that the documents of all buckets may fill, whatever their quotas: beyond it the collector would find too little
   * room to work in, and the process would end.
   */
  heapShare: 0.7,
  /** Tombstones without attributes: as many as tell a client what it deleted lately, and no more than 5 MB. */
  plainTombstones: 10_000,
  /** How long a tombstone with attributes is kept, seconds: the real server's metadata purge interval. */
  purgeSeconds: 3 * 24 * 60 * 60,
  /** Documents that are let go of in one go when their time is over, so that a million that end together stop nobody. */
  duePerTick: 20_000,
  /** Scopes, and collections, of a bucket: as Couchbase Server 7 has it for a cluster. */
  collections: 1200,
} as const;
