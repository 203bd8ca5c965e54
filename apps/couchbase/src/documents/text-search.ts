import { isUtf8 } from 'node:buffer';
import type { Document } from '../bucket/document.ts';

/** How far into a value a search looks, bytes: one document must not hold the server up. */
export const searchedBytes = 64 * 1024;

/** Whether a document's key, or the first 64 KiB of its value, has `text`, whatever the case of the letters. Binary values have none. */
export function hasText(document: Document, text: string): boolean {
  const wanted = text.toLowerCase();
  if (document.key.toString('utf8').toLowerCase().includes(wanted)) return true;
  const value = document.value.subarray(0, searchedBytes);
  return document.value.length > searchedBytes || isUtf8(value)
    ? value.toString('utf8').toLowerCase().includes(wanted)
    : false;
}
