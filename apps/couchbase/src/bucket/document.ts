/** A stored document. `value` is opaque bytes; `flags` belong to the client and come back untouched. */
export interface Document {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly flags: number;
  readonly cas: bigint;
  /** Absolute Unix time in seconds, 0 for never. */
  readonly expiry: number;
  /** Number of the mutation within its vBucket. */
  readonly seqno: number;
  readonly vbucket: number;
}

/** Longest key, bytes (Couchbase "Size limits"). */
export const maxKeyBytes = 250;
/** Largest value, bytes (Couchbase "Size limits"). */
export const maxValueBytes = 20 * 1024 * 1024;
/** What a document costs beyond its bytes: the real server's metadata per item, roughly. */
const metadataBytes = 56;

export function documentBytes(document: Pick<Document, 'key' | 'value'>): number {
  return document.key.length + document.value.length + metadataBytes;
}

const relativeLimitSeconds = 30 * 24 * 60 * 60;

/** Protocol expiry to absolute seconds: up to 30 days counts from now, above is Unix time already, 0 is never. */
export function absoluteExpiry(expiry: number, nowMs: number): number {
  if (expiry === 0) return 0;
  return expiry <= relativeLimitSeconds ? Math.floor(nowMs / 1000) + expiry : expiry;
}
