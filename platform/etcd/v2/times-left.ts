import { isEtcdAway } from '../etcd-failure.ts';
import type { KeyValue, LeaseTtl } from '../store.ts';
import type { Member } from './member.ts';
import type { TimeLeft, TimesLeft } from './node.ts';

/** Leases that are asked at the same time: each is a request of its own, and a listing may have thousands. */
const atOnce = 16;

/**
 * How long the leases of these keys still live. A lease that is gone meanwhile is left out, and the rest once nobody answers.
 * @param now ms since 1970
 */
export async function timesLeft(member: Member, items: readonly KeyValue[], now: () => number): Promise<TimesLeft> {
  const leases = new Set(items.map(({ lease }) => lease).filter((lease) => lease !== '0'));
  const times = new Map<string, TimeLeft>();
  const rest = leases.values();
  let isAway = false;
  const ask = async () => {
    for (const lease of rest) {
      const left = await member.leases.leaseTtl(lease).catch((error: unknown) => {
        isAway ||= isEtcdAway(error);
        return undefined;
      });
      if (isAway) return;
      const time = timeLeftOf(left, now());
      if (time) times.set(lease, time);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, leases.size) }, ask));
  return times;
}

/**
 * What v2 says of a lease; undefined: it is gone.
 * @param now ms since 1970
 */
export function timeLeftOf(lease: LeaseTtl | undefined, now: number): TimeLeft | undefined {
  if (lease === undefined || lease.remaining < 0) return undefined;
  // v3 rounds the rest down, v2 up.
  const ttl = Math.min(lease.granted, lease.remaining + 1);
  return { ttl, endsAt: now + ttl * 1000, directories: lease.keys.filter((key) => key.endsWith('/')) };
}
