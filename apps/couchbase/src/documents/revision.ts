import type { Document } from '../bucket/document.ts';
import { casHex, readCas, type Cas } from '../wire/cas.ts';

/**
 * A document's revision as text, `SEQNO-CAS EXPIRY FLAGS` without blanks, the last three in hexadecimal of 8, 4 and 4 bytes: the form
 * of couch_doc:rev_to_str over what ns_memcached:get_meta gives.
 */
export function revisionOf({ seqno, cas, expiry, flags }: Document): string {
  return `${seqno}-${casHex(cas)}${hex(expiry, 8)}${hex(flags, 8)}`;
}

/** The CAS within a revision; undefined for what is none. */
export function casOfRevision(text: string): Cas | undefined {
  const [, high, low] = /^\d+-([0-9a-f]{8})([0-9a-f]{8})[0-9a-f]{16}$/iu.exec(text) ?? [];
  return high === undefined || low === undefined
    ? undefined
    : readCas(Number.parseInt(high, 16), Number.parseInt(low, 16));
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
