import { DocumentAccess } from '../auth/document-access.ts';
import { anonymous, type Principal } from '../auth/principal.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import type { HandlerContext } from './handler.ts';

/** The connection belongs to `principal` from now on; one that is a bucket has selected it, unless that is still loading. */
export function logIn({ cluster, session }: HandlerContext, principal: Principal): void {
  session.user = principal;
  const bucket = principal.kind === 'bucket' ? cluster.bucket(principal.name) : undefined;
  if (bucket?.isReady(cluster.nowMs()) === true) session.bucket = bucket;
}

/**
 * A memcached client of Couchbase 4.0's days does not authenticate: it works with the bucket `default` when that has no password.
 * @returns whether the connection has that bucket now
 */
export function admitStranger({ cluster, session }: HandlerContext): boolean {
  const bucket = cluster.bucket('default');
  if (!cluster.generation.openToStrangers || bucket?.settings.password !== '' || !bucket.isReady(cluster.nowMs()))
    return false;
  session.user = anonymous;
  session.bucket = bucket;
  return true;
}

/** Whether the session's user may do anything at all with the bucket. */
export function mayOpen({ authority, session }: HandlerContext, { name }: Bucket): boolean {
  const { user } = session;
  if (user === undefined) return false;
  return authority
    .grants(user)
    .some(
      ({ area, within }) =>
        (area === 'data' || area === 'bucket') && (within.bucket === undefined || within.bucket === name),
    );
}

/** Whether the session's user may do that (accessBits) with the documents of a collection, as users are now. */
export function mayUse(
  context: HandlerContext,
  bucket: Bucket,
  { collectionId, needs }: { collectionId: number; needs: number },
): boolean {
  const access = accessOf(context, bucket);
  // Most requests are about the default collection: its name need not be looked up.
  if (collectionId === 0) return access.allows(needs);
  const path = bucket.collections.path(collectionId);
  return path !== undefined && access.allows(needs, path.scope, path.collection);
}

/** Whether the session's user may see statistics: of a bucket, or of all of them where none is named. */
export function admitsStatistics({ authority, session }: HandlerContext, bucket: Bucket | undefined): boolean {
  const { user } = session;
  if (user === undefined) return false;
  if (bucket === undefined) return authority.may(user, { area: 'cluster', to: 'read' });
  return authority.may(user, { area: 'bucket', to: 'read', bucket: bucket.name });
}

/** The answer to who may not. */
export const noRole: Response = failure(statuses.noAccess, 'the user has no role that allows this');

function accessOf({ authority, cluster, session }: HandlerContext, { name }: Bucket): DocumentAccess {
  const { access, user } = session;
  const { revision } = cluster.users;
  if (access?.revision === revision) return access;
  const fresh = new DocumentAccess(user === undefined ? [] : authority.grants(user), name, revision);
  session.access = fresh;
  return fresh;
}
