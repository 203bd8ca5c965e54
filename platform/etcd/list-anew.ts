import type { EtcdStore, Listing } from './store.ts';

/**
 * Lists a prefix that a watch tells of as well, until what came meanwhile, by events or by another listing, is no newer: it would be undone. A listing that
 * is older than what was seen before it was asked for is of another store, and counts.
 * @param seen the store's revision up to which all is known
 * @throws LabError `timeout.etcd…`
 */
export async function listAnew(store: Pick<EtcdStore, 'list'>, prefix: string, seen: () => number): Promise<Listing> {
  for (;;) {
    const before = seen();
    const listing = await store.list(prefix);
    if (listing.revision < before || listing.revision >= seen()) return listing;
  }
}
