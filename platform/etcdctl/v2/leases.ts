import type { EtcdStore } from '../../etcd/store.ts';

/**
 * etcd keeps a lease for at least 1.5 election timeouts, rounded up: 2 s with the default of 1 s. `--ttl 1` therefore lives 2 s.
 * Whole seconds; a key goes up to half a second after its time, when etcd's lessor next looks.
 */
const shortestTtl = 2;

/**
 * Keeps a key's lease alive once if it has just the wanted time to live. false: it has another, or is gone, and the key needs a
 * lease of its own.
 */
export async function refresh(store: EtcdStore, lease: string, ttl: number | undefined): Promise<boolean> {
  if (lease === '0' || ttl === undefined) return false;
  const left = await store.keepAliveOnce(lease);
  return left === ttl || (ttl < shortestTtl && left === shortestTtl);
}

/** Ends a lease that a key has left, unless others still hang on it: one lease a `set` would otherwise pile up until they expire. */
export async function release(store: EtcdStore, lease: string | undefined): Promise<void> {
  if (lease === undefined || lease === '0') return;
  const { keys } = await store.leaseTtl(lease);
  if (keys.length === 0) await store.revokeLease(lease);
}
