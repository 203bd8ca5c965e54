import type { ByteString } from '../../wire/byte-string.ts';

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of bytes. */
export function crc32c(bytes: ByteString): number {
  let crc = -1;
  for (let index = 0; index < bytes.length; index++)
    crc = (crc >>> 8) ^ (table[(crc ^ bytes.charCodeAt(index)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  return crc;
});
