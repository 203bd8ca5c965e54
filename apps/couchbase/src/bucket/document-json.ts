import { jsonDepth } from '../subdocument/json-depth.ts';
import type { Document } from './document.ts';

/** From this size on the answer is remembered. */
const largeBytes = 4096;

const known = new WeakMap<Document, number>();

/** How deeply a document's value is nested, or -1 when it is no JSON. */
export function depthOf(document: Document): number {
  if (document.value.length < largeBytes) return jsonDepth(document.value);
  const before = known.get(document);
  if (before !== undefined) return before;
  const depth = jsonDepth(document.value);
  known.set(document, depth);
  return depth;
}

/** Bits of a document's datatype (Couchbase "memcached binary protocol", Data Types). */
export const datatypes = { json: 1, snappy: 2, xattr: 4 } as const;

/** The bits of `datatypes` that a document has on the wire: JSON, extended attributes. Pure. */
export function documentDatatype(document: Document): number {
  return (depthOf(document) >= 0 ? datatypes.json : 0) | (document.xattrs === '' ? 0 : datatypes.xattr);
}
