/**
 * Decides when a missing machine may be taken for dead. A daemon that has just started, or that was cut off from etcd (or held up)
 * for longer than one TTL, knows nothing about who is only late: it gives everybody one TTL to register again. A leader that
 * takes over in a running cluster has no such gap, so failover is not delayed.
 */
export interface Grace {
  /** etcd answered at this moment (ms). */
  contact(nowMs: number): void;
  /** When the present grace ends (ms); in the past = machines that are missing are dead. */
  until(): number;
}

/** Begins with one full TTL, as after a silence; all times in ms of one clock. Pure but for what it has been told. */
export function startGrace(startMs: number, ttlMs: number): Grace {
  let last = startMs;
  let until = startMs + ttlMs;
  return {
    contact(nowMs) {
      if (nowMs - last > ttlMs) until = nowMs + ttlMs;
      last = nowMs;
    },
    until: () => until,
  };
}
