/**
 * How long one etcd member may take for an answer, ms. A member that hangs must cost less than the lease's time, so that the
 * renewal still reaches another one; a long TTL says that the machines are slow, and asking again before they can have answered
 * would make them slower.
 */
export function etcdTimeoutMs(ttlSeconds: number): number {
  return Math.max(Math.min(2000, ttlSeconds * 300), ttlSeconds * 150);
}
