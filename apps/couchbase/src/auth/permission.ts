/**
 * What can be read or written. `pools`: that the cluster exists, which anybody who is somebody may know. `cluster`: its settings and
 * statistics. `security`: users, groups and roles. The others are parts of a bucket: `bucket` that it is there and what it holds in sum,
 * `settings`, `flush`, `collections` (the list of them), `views` (design documents and queries), `data` (documents), `changes` (all of them, as they
 * come).
 */
export type Area =
  'pools' | 'cluster' | 'security' | 'bucket' | 'settings' | 'flush' | 'collections' | 'views' | 'data' | 'changes';

export type Access = 'read' | 'write';

/** One thing that somebody may or may not do. */
export interface Permission {
  readonly area: Area;
  readonly to: Access;
  /** Of the areas of a bucket. Where `scope` or `collection` is missing, any of them will do. */
  readonly bucket?: string;
  readonly scope?: string;
  readonly collection?: string;
}

/** What a role lets its holder do in an area, within the buckets, scopes and collections it was given for. */
export interface Grant {
  readonly area: Area;
  readonly to: readonly Access[];
  readonly within: Extent;
}

/** Part of the cluster; undefined is all of them. */
export interface Extent {
  readonly bucket: string | undefined;
  readonly scope: string | undefined;
  readonly collection: string | undefined;
}

export const everywhere: Extent = { bucket: undefined, scope: undefined, collection: undefined };

/** Whether one of the grants is for this. */
export function allows(grants: readonly Grant[], { area, to, bucket, scope, collection }: Permission): boolean {
  return grants.some(
    ({ within, ...grant }) =>
      grant.area === area &&
      grant.to.includes(to) &&
      covers(within.bucket, bucket) &&
      covers(within.scope, scope) &&
      covers(within.collection, collection),
  );
}

function covers(granted: string | undefined, asked: string | undefined): boolean {
  return granted === undefined || asked === undefined || granted === asked;
}
