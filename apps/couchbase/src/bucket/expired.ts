import type { Document } from './document.ts';

/** Tombstones of documents whose time was over. Few ask, and none after a restart, so that no document has a field for it. */
const expired = new WeakSet<Document>();

/** Remembers, for as long as the tombstone is held by anybody, that the document ended by its expiry. */
export function noteExpired(tombstone: Document): void {
  expired.add(tombstone);
}

/** Whether the document ended by itself, and nobody deleted it. */
export function isExpired(tombstone: Document): boolean {
  return expired.has(tombstone);
}
