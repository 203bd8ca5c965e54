import { isUtf8 } from 'node:buffer';
import type { Document } from '../bucket/document.ts';
import { toBytes } from '../wire/byte-string.ts';

/** How far into a value a search looks, bytes: one document must not hold the server up. */
export const searchedBytes = 64 * 1024;

/**
 * Tells whether a document's key, or the first 64 KiB of its value, has `text` in it, whatever the case of the letters. Values that are
 * no UTF-8 have none.
 */
export function textSearch(text: string): (document: Document) => boolean {
  const wanted = text.toLowerCase();
  const has = (bytes: Buffer) => bytes.toString('utf8').toLowerCase().includes(wanted);
  return ({ key, value }) => {
    if (has(toBytes(key))) return true;
    const beginning = toBytes(value.slice(0, searchedBytes));
    // Most documents do not match: so only few are looked at once more. A value may be cut within a character.
    return has(beginning) && (value.length > searchedBytes || isUtf8(beginning));
  };
}
