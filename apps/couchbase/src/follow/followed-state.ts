import type { Bucket } from '../bucket/bucket.ts';
import type { CollectionsState } from '../bucket/collections-state.ts';
import type { Cluster, ClusterState } from '../cluster/cluster.ts';

/** What a follower needs of its origin beside the documents. */
export interface FollowedState {
  readonly cluster: ClusterState;
  readonly kvPort: number;
  readonly buckets: readonly FollowedBucket[];
}

export interface FollowedBucket {
  readonly uuid: string;
  readonly collections: CollectionsState;
  readonly designs: readonly { readonly name: string; readonly revision: number; readonly source: unknown }[];
  /** Sum of its vBuckets' last numbers. */
  readonly changes: number;
}

/** All that a follower must know before it is told of changes: settings, buckets, and how far each one's changes go. */
export function followedState(cluster: Cluster): FollowedState {
  return {
    cluster: cluster.state,
    kvPort: cluster.ports.kv,
    buckets: cluster.buckets.map((bucket) => ({
      uuid: bucket.uuid,
      collections: bucket.collections.state,
      designs: bucket.designs.list(),
      changes: changesOf(bucket),
    })),
  };
}

/** Sum of a bucket's last numbers. */
export function changesOf({ sequence }: Bucket): number {
  return sequence.state.seqnos.reduce((sum, seqno) => sum + seqno, 0);
}

/** Makes a bucket's collections and design documents those of its origin. */
export function adoptBucket(bucket: Bucket, { collections, designs }: FollowedBucket): void {
  const { journal } = bucket;
  if (collections.uid !== bucket.collections.uid) {
    bucket.collections.restore(collections);
    journal?.collections(collections);
  }
  const wanted = new Map(designs.map((design) => [design.name, design]));
  for (const { name, revision } of bucket.designs.list()) {
    if (wanted.has(name)) continue;
    bucket.designs.restore(name, revision, undefined);
    journal?.design(name, revision, undefined);
  }
  for (const { name, revision, source } of designs) {
    if (bucket.designs.published(name)?.revision === revision) continue;
    bucket.designs.restore(name, revision, source);
    journal?.design(name, revision, source);
  }
}
