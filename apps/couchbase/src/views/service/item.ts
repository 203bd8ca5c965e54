import type { DocumentStore } from '../../bucket/document-store.ts';
import type { Item } from '../indexer/messages.ts';
import { toBytes } from '../../wire/byte-string.ts';
import { casHex } from '../../wire/cas.ts';

/** A document as the process of views gets it, or the news that it is gone. @param key the store's own key */
export function itemOf(store: DocumentStore, key: string): Item {
  const document = store.get(key);
  if (document === undefined) return { source: key, rev: '', expiration: 0, flags: 0 };
  const { seqno, cas, expiry, flags, value } = document;
  const rev = `${seqno}-${casHex(cas)}${hex(expiry, 8)}${hex(flags, 8)}`;
  return { source: key, value: toBytes(value), rev, expiration: expiry, flags };
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
