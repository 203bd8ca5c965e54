/**
 * Times that apps and unit files state and that predictions count on, ms. Neither can be imported from here, so
 * test/unit/scenarios/harness/prediction/stated-timers.test.ts reads them where they stand and compares.
 */
export const appTimers = {
  /** web: its one query, from the first good answer on (ROWS_PERIOD_MS). */
  queryMs: 5_000,
  /** web and worker: a burst of announcements is gathered for this long before the app ends. */
  burstMs: 200,
  /** web: at its end it waits no longer than this for its visitors' connections. */
  hurryMs: 1_000,
} as const;

/** `RestartSec=` of the units that the lab ships, and of the cluster's own services. */
export const shippedRestartMs = {
  'couchbase@.service': 20_000,
  'couchbase-sidekick@.service': 1_000,
  'memcached@.service': 1_000,
  'memcached-sidekick@.service': 1_000,
  'worker.service': 10_000,
  'web@.service': 5_000,
  'docker.service': 1_000,
  'etcd.service': 500,
  'flanneld.service': 1_000,
  'fleet.service': 1_000,
} as const;

/**
 * How long the others leave the units of a machine alone that has gone, where the lab's fleet has a fence, ms: a lease is a second shorter than the TTL, then come
 * one request to etcd and 5 s in which a unit stops (platform/fleet/daemon/fence.ts).
 */
export function fenceWaitMs(agentTtlMs: number): number {
  return 1_000 + Math.max(Math.min(2_000, agentTtlMs * 0.3), agentTtlMs * 0.15) + 5_000;
}

/** The waits of the book's Couchbase unit: before it initialises the node, and between two tries. */
export const bookWaits = { sleepMs: 5_000, retryMs: 1_000 } as const;
