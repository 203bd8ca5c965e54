import type { Cluster } from '../cluster/cluster.ts';
import type { Follower } from '../follow/follower.ts';
import { followedState } from '../follow/followed-state.ts';
import type { Route } from './exchange.ts';

/**
 * One server that follows another: the origin's end (its state, with the hashes of passwords, for administrators only), and the follower's
 * (how it stands, and its promotion). Not ns_server's: a real cluster has its own ways.
 */
export function followRoutes(cluster: Cluster, follower: Follower | undefined): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/follow\/state$/u,
      needs: { area: 'security', to: 'write' },
      handle: () => ({ status: 200, json: followedState(cluster) }),
    },
    {
      method: 'GET',
      pattern: /^\/follow$/u,
      handle: () => ({ status: 200, json: follower?.status ?? { following: false, buckets: [] } }),
    },
    {
      method: 'POST',
      pattern: /^\/follow\/promote$/u,
      isForFollowers: true,
      handle: () => {
        const refusal = follower === undefined ? 'this server follows none' : follower.promote();
        if (refusal !== undefined) return { status: 400, json: { errors: { _: refusal } } };
        return { status: 200, json: { following: false } };
      },
    },
  ];
}
