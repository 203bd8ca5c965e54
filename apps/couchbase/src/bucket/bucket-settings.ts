export const compressionModes = ['off', 'passive', 'active'] as const;
export type CompressionMode = (typeof compressionModes)[number];

export const durabilityLevels = ['none', 'majority', 'majorityAndPersistActive', 'persistToMajority'] as const;
export type DurabilityMinLevel = (typeof durabilityLevels)[number];

/** What an administrator chooses for a bucket. */
export interface BucketSettings {
  readonly ramQuotaMb: number;
  readonly replicas: number;
  readonly flushEnabled: boolean;
  readonly type: 'membase' | 'ephemeral';
  /** Kept and told; there are no replicas whose views could be indexed. */
  readonly replicaIndex: boolean;
  /** Kept and told; values stay as they come, which "off" and "passive" promise, and "active" only tries to better. */
  readonly compressionMode: CompressionMode;
  /** Kept and told; documents never leave memory. */
  readonly evictionPolicy: 'valueOnly' | 'fullEviction' | 'noEviction' | 'nruEviction';
  /** Longest time a document may live, seconds; 0 is for ever. */
  readonly maxTtlS: number;
  readonly durabilityMinLevel: DurabilityMinLevel;
  /** Threads of the real server's bucket, by its priority: 3 is low, 8 is high. Kept and told. */
  readonly threads: number;
  /** By which the bucket's own name opens it, as clients up to Couchbase 4.6 do; undefined where it does not. */
  readonly password: string | undefined;
}

/** A bucket of `ramQuotaMb` about which nothing else was said. */
export function defaultBucketSettings(ramQuotaMb: number, type: BucketSettings['type'] = 'membase'): BucketSettings {
  return {
    ramQuotaMb,
    replicas: 1,
    flushEnabled: false,
    type,
    replicaIndex: false,
    compressionMode: 'off',
    evictionPolicy: type === 'ephemeral' ? 'noEviction' : 'valueOnly',
    maxTtlS: 0,
    durabilityMinLevel: 'none',
    threads: 3,
    password: undefined,
  };
}
