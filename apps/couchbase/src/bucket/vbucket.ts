import { crc32 } from 'node:zlib';

/** vBuckets per bucket: what the real server uses and older SDKs insist on. */
export const vbucketCount = 1024;

/** The vBucket a key belongs to: bits 16..30 of its CRC-32 (Couchbase client "vBucket hashing"). */
export function vbucketOf(key: Buffer): number {
  return ((crc32(key) >>> 16) & 0x7fff) % vbucketCount;
}
