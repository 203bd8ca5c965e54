import type { KeyValue } from '../store.ts';
import type { Member } from './member.ts';
import type { TimeLeft, TimesLeft } from './node.ts';

/** How long the leases of these keys still live. A lease that is gone meanwhile, or of which nobody knows, is left out. */
export async function timesLeft(member: Member, items: readonly KeyValue[], now: () => number): Promise<TimesLeft> {
  const leases = new Set(items.map(({ lease }) => lease).filter((lease) => lease !== '0'));
  const times = new Map<string, TimeLeft>();
  await Promise.all(
    [...leases].map(async (lease) => {
      const left = await member.leases.leaseTtl(lease).catch(() => undefined);
      if (left === undefined || left.remaining < 0) return;
      // v3 rounds the rest down, v2 up.
      const ttl = Math.min(left.granted, left.remaining + 1);
      times.set(lease, { ttl, endsAt: now() + ttl * 1000 });
    }),
  );
  return times;
}
