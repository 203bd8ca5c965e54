import { Follower, type FollowerContext } from './follower.ts';
import type { Origin } from './origin.ts';

/** Who is to follow, unless it was promoted: a restart with the same flags may not undo that. A start without the flag forgets it. */
export function followerOf(origin: Origin | undefined, context: FollowerContext): Follower | undefined {
  const { cluster, log, keeper } = context;
  if (origin === undefined) {
    cluster.promoted = false;
    keeper?.recordCluster();
    return undefined;
  }
  if (!cluster.promoted) return new Follower(origin, context);
  log.warn('was promoted: does not follow again, unless it is started without --follow in between');
  return undefined;
}
