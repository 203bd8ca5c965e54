import { LabError } from '#errors/lab-error.ts';
import type { EtcdStore, Lease } from './store.ts';

/**
 * Renews a granted lease every ttl/4. A renewal that fails is tried again after ttl/10 and never ends the lease by itself: without
 * a quorum nothing expires, and a new leader gives every lease its full time again (etcd "Lease" design). Only etcd's own
 * word that the lease is gone resolves `lost`; who must stop acting earlier than that guards each write by a transaction.
 * @param on.end called once when nothing is left to renew
 * @param on.renewed called at each renewal: etcd has answered
 */
export function selfRenewingLease(
  store: Pick<EtcdStore, 'keepAliveOnce' | 'revokeLease'>,
  id: string,
  ttlSeconds: number,
  on: { end(): void; renewed?: (() => void) | undefined },
  schedule: Schedule = realSchedule,
): Lease {
  let over = false;
  let cancel = () => {};
  let markLost = () => {};
  const lost = new Promise<void>((resolve) => (markLost = resolve));

  const end = () => {
    if (over) return;
    over = true;
    cancel();
    on.end();
  };
  const renewIn = (ms: number) => {
    if (!over) cancel = schedule(ms, () => void renew());
  };
  const renew = async () => {
    try {
      const left = await store.keepAliveOnce(id);
      if (over) return;
      if (left > 0) {
        on.renewed?.();
        return renewIn(renewalMs(ttlSeconds));
      }
    } catch (error) {
      if (over) return;
      const gone = error instanceof LabError && error.code === 'state.etcd-lease';
      if (!gone) return renewIn((ttlSeconds * 1000) / 10);
    }
    end();
    markLost();
  };

  renewIn(renewalMs(ttlSeconds));
  return {
    id,
    ttlSeconds,
    lost,
    abandon: end,
    async revoke() {
      end();
      await store.revokeLease(id);
      markLost();
    },
  };
}

/** How long after a renewal the next one is due, ms. */
export function renewalMs(ttlSeconds: number): number {
  return (ttlSeconds * 1000) / 4;
}

/** Runs `fn` after `ms`; returns how to call it off. */
export type Schedule = (ms: number, fn: () => void) => () => void;

const realSchedule: Schedule = (ms, fn) => {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
};
