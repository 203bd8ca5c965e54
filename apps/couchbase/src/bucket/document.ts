import type { ByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';

/** A stored document, or what is left of a deleted one. `value` is opaque; `flags` belong to the client and come back untouched. */
export interface Document {
  readonly value: ByteString;
  readonly key: ByteString;
  /** Extended attributes: a JSON object of all of them, empty for none. */
  readonly xattrs: ByteString;
  readonly flags: number;
  readonly cas: Cas;
  /** Absolute Unix time in seconds, 0 for never. Of a tombstone: when the document was deleted. */
  readonly expiry: number;
  /** Number of the mutation within its vBucket. */
  readonly seqno: number;
  readonly vbucket: number;
  /** How often the key was written, deletions counted. */
  readonly revision: number;
  /** True of a tombstone: the key, system attributes and numbers of a deleted document, which has no value any more. */
  readonly deleted: boolean;
}

/** Longest key, bytes (Couchbase "Size limits"). */
export const maxKeyBytes = 250;
/** Largest value together with its attributes, bytes (Couchbase "Size limits"). */
export const maxValueBytes = 20 * 1024 * 1024;
/** What a document costs beyond its bytes: its place in the store, its numbers, the heads of its strings. Measured on Node 20. */
const metadataBytes = 210;

/** What a document takes of its bucket's memory, bytes: its texts, and what is kept of each beside them. Pure. */
export function documentBytes(document: Pick<Document, 'key' | 'value' | 'xattrs'>): number {
  return document.key.length + document.value.length + document.xattrs.length + metadataBytes;
}

const relativeLimitSeconds = 30 * 24 * 60 * 60;

/** Protocol expiry to absolute seconds: up to 30 days counts from now, above is Unix time already, 0 is never. */
export function absoluteExpiry(expiry: number, nowMs: number): number {
  if (expiry === 0) return 0;
  return expiry <= relativeLimitSeconds ? Math.floor(nowMs / 1000) + expiry : expiry;
}
