/**
 * A CAS as the server counts it: steps of 1,024 ns since 1970, so that it fits a JavaScript number for two centuries. On the wire it is
 * 64 bits of nanoseconds, as a Couchbase node's hybrid clock has them; clients may only compare it. 0 means "any" in a request.
 */
export type Cas = number;

const highUnit = 2 ** 22;

/** What readers of a locked document get: all 64 bits set. */
export const lockedCas: Cas = -1;

/** Upper 32 bits as they go out. */
export function casHigh(cas: Cas): number {
  return cas === lockedCas ? 0xffff_ffff : Math.floor(cas / highUnit);
}

/** Lower 32 bits as they go out. */
export function casLow(cas: Cas): number {
  return cas === lockedCas ? 0xffff_ffff : (cas % highUnit) * 1024;
}

/** A CAS from its two halves; NaN, which is no document's, for one that this server did not give. */
export function readCas(high: number, low: number): Cas {
  return low % 1024 === 0 ? high * highUnit + low / 1024 : NaN;
}

/** The 64 bits as 16 hexadecimal digits. */
export function casHex(cas: Cas): string {
  return casHigh(cas).toString(16).padStart(8, '0') + casLow(cas).toString(16).padStart(8, '0');
}

/** CAS of a moment. @param ms wall clock, milliseconds since 1970 */
export function casOf(ms: number): Cas {
  return Math.floor((ms * 1_000_000) / 1024);
}

/** Whole seconds since 1970 of a CAS. */
export function casSeconds(cas: Cas): number {
  return Math.floor((cas * 1024) / 1_000_000_000);
}
