import type { DocumentStore } from '../../bucket/document-store.ts';
import type { Item } from '../indexer/messages.ts';

/** A document as the process of views gets it, or the news that it is gone. @param key the store's own key */
export function itemOf(store: DocumentStore, key: string): Item {
  const document = store.lookup(key);
  if (document === undefined) return { source: key, rev: '', expiration: 0, flags: 0 };
  const { seqno, cas, expiry, flags, value } = document;
  const rev = `${seqno}-${hex(cas, 16)}${hex(expiry, 8)}${hex(flags, 8)}`;
  return { source: key, value, rev, expiration: expiry, flags };
}

function hex(value: bigint | number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
