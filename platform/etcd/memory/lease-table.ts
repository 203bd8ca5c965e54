export interface Clock {
  /** ms, monotonic. */
  readonly now: () => number;
  /** Runs `fn` once after `ms`; returns how to call it off. */
  readonly schedule: (ms: number, fn: () => void) => () => void;
}

/** Leases by a clock. `onExpire` is called when one runs out by itself. Times to live in seconds, as etcd counts. */
export function leaseTable(clock: Clock, onExpire: (id: string) => void) {
  const leases = new Map<string, { ttl: number; endAt: number; cancel: () => void }>();
  let frozen = false;
  let lastId = 7_000_000_000_000_000_000n; // ids of real leases do not fit a double either

  const arm = (id: string) => {
    const lease = leases.get(id);
    if (!lease) return;
    lease.cancel();
    lease.endAt = clock.now() + lease.ttl * 1000;
    lease.cancel = clock.schedule(lease.ttl * 1000, () => {
      if (frozen) return;
      leases.delete(id);
      onExpire(id);
    });
  };

  return {
    has: (id: string) => leases.has(id),
    grant(ttlSeconds: number): string {
      const id = String(++lastId);
      leases.set(id, { ttl: Math.max(1, Math.ceil(ttlSeconds)), endAt: 0, cancel: () => {} });
      arm(id);
      return id;
    },
    /** Seconds left after the renewal, 0 = no such lease. */
    renew(id: string): number {
      arm(id);
      return leases.get(id)?.ttl ?? 0;
    },
    ttl(id: string): { granted: number; remaining: number } {
      const lease = leases.get(id);
      if (!lease) return { granted: 0, remaining: -1 };
      return { granted: lease.ttl, remaining: Math.floor((lease.endAt - clock.now()) / 1000) };
    },
    remove(id: string): boolean {
      leases.get(id)?.cancel();
      return leases.delete(id);
    },
    /** While frozen nothing expires; afterwards every lease has its full time again, as after an etcd leader election. */
    freeze(on: boolean) {
      frozen = on;
      for (const id of leases.keys()) {
        if (on) leases.get(id)?.cancel();
        else arm(id);
      }
    },
  };
}
