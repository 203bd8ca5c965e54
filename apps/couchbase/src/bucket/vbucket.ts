import type { ByteString } from '../wire/byte-string.ts';

/** vBuckets per bucket: what the real server uses and older SDKs insist on. A power of two. */
export const vbucketCount = 1024;

/**
 * The vBucket a key belongs to: bits 16..30 of its CRC-32 (Couchbase client "vBucket hashing"). Keys are short: a table here costs less
 * than a call of zlib, and this is on the way to every document.
 */
export function vbucketOf(key: ByteString): number {
  let crc = -1;
  for (let index = 0; index < key.length; index++)
    crc = (crc >>> 8) ^ (crcTable[(crc ^ key.charCodeAt(index)) & 0xff] ?? 0);
  return (~crc >>> 16) & (vbucketCount - 1);
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});
