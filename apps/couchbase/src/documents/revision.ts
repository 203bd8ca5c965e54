import type { Document } from '../bucket/document.ts';

/**
 * A document's revision as text, `SEQNO-CAS EXPIRY FLAGS` without blanks, the last three in hexadecimal of 8, 4 and 4 bytes: the form
 * of couch_doc:rev_to_str over what ns_memcached:get_meta gives.
 */
export function revisionOf({ seqno, cas, expiry, flags }: Document): string {
  return `${seqno}-${hex(cas, 16)}${hex(expiry, 8)}${hex(flags, 8)}`;
}

/** The CAS within a revision; undefined for what is none. */
export function casOfRevision(text: string): bigint | undefined {
  const cas = /^\d+-([0-9a-f]{16})[0-9a-f]{16}$/iu.exec(text)?.[1];
  return cas === undefined ? undefined : BigInt(`0x${cas}`);
}

function hex(number: number | bigint, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
