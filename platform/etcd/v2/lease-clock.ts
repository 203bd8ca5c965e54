import type { EtcdStore } from '../store.ts';

/**
 * Until when each followed lease cannot have run out. v3 makes the same event of a lease that was revoked and of one that ran out,
 * and both are gone afterwards. But a lease says how long it has left, and renewals only make that longer: so a key that goes
 * before that moment was taken away on purpose. When the moment comes the lease is asked again, for it may have been renewed.
 */
export interface LeaseClock {
  /** Begins to follow a lease; '0' is none. */
  follow(lease: string): Promise<void>;
  /**
   * True when a key on this lease, gone at `goneAt` (ms, monotonic) without anybody having said why, went because of its time. A
   * lease that lives on let go of nothing: the key was deleted.
   */
  ranOut(lease: string, goneAt: number): Promise<boolean>;
  close(): void;
}

/** @param now ms, monotonic */
export function leaseClock(store: Pick<EtcdStore, 'leaseTtl'>, now: () => number): LeaseClock {
  const livesUntil = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();
  let closed = false;

  const ask = async (lease: string): Promise<number> => {
    const askedAt = now();
    const { remaining } = await store.leaseTtl(lease);
    // Whole seconds, rounded down: it lives at least so long.
    if (remaining > 0) livesUntil.set(lease, askedAt + remaining * 1000);
    return remaining;
  };
  const again = (lease: string, afterMs: number) => {
    clearTimeout(timers.get(lease));
    if (!closed)
      timers.set(
        lease,
        setTimeout(() => void askAbout(lease), afterMs),
      );
  };
  /** Its keys may be told of after it is gone. */
  const forgetLater = (lease: string) => {
    clearTimeout(timers.get(lease));
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(lease);
      livesUntil.delete(lease);
    }, keptMs);
    timers.set(lease, timer);
  };
  const askAbout = async (lease: string): Promise<void> => {
    try {
      // 0 is less than a second, and not yet gone.
      const remaining = await ask(lease);
      if (remaining >= 0) again(lease, Math.max(remaining * 1000, shortestPauseMs));
      else forgetLater(lease);
    } catch {
      again(lease, shortestPauseMs); // nobody answers: what is known stays true
    }
  };

  return {
    async follow(lease) {
      if (lease !== '0' && !timers.has(lease)) await askAbout(lease);
    },
    async ranOut(lease, goneAt) {
      if (lease === '0') return false;
      const until = livesUntil.get(lease);
      // Nobody answers: what is known must do.
      if ((await ask(lease).catch(() => 0)) > 0) {
        if (!timers.has(lease)) forgetLater(lease);
        return false;
      }
      forgetLater(lease);
      return until === undefined || goneAt >= until;
    },
    close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

const shortestPauseMs = 250;

/** What is known of a lease that is gone. */
const keptMs = 60_000;
