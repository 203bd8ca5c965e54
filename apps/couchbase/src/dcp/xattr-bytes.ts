import type { ByteString } from '../wire/byte-string.ts';
import { toByteString } from '../wire/byte-string.ts';
import { endOfString, members } from '../subdocument/find.ts';

/**
 * Attributes as they go over the wire: length of all (u32), then of each its length (u32), name, 0, JSON, 0.
 * Source: kv_engine, docs/Document.md, "XATTR".
 * @param xattrs a JSON object of them
 */
export function xattrBytes(xattrs: ByteString): Buffer {
  const pairs: Buffer[] = [];
  for (const { memberStart, start, end } of members(xattrs, 0)) {
    const name = xattrs.slice(memberStart + 1, endOfString(xattrs, memberStart) - 1);
    const pair = Buffer.from(`\0\0\0\0${name}\0${xattrs.slice(start, end)}\0`, 'latin1');
    pair.writeUInt32BE(pair.length - 4, 0);
    pairs.push(pair);
  }
  const head = Buffer.alloc(4);
  head.writeUInt32BE(
    pairs.reduce((sum, { length }) => sum + length, 0),
    0,
  );
  return Buffer.concat([head, ...pairs]);
}

/** What `xattrBytes` made, and how many bytes it took. Undefined when it is not well formed. */
export function readXattrs(bytes: Buffer): { readonly xattrs: ByteString; readonly size: number } | undefined {
  if (bytes.length < 4) return undefined;
  const size = 4 + bytes.readUInt32BE(0);
  if (size > bytes.length) return undefined;
  const parts: string[] = [];
  for (let at = 4; at < size;) {
    if (at + 4 > size) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    const nameEnd = bytes.indexOf(0, at + 4);
    if (end > size || nameEnd < 0 || nameEnd >= end - 1 || bytes[end - 1] !== 0) return undefined;
    parts.push(`"${toByteString(bytes, at + 4, nameEnd)}":${toByteString(bytes, nameEnd + 1, end - 1)}`);
    at = end;
  }
  return { xattrs: parts.length === 0 ? '' : `{${parts.join(',')}}`, size };
}
