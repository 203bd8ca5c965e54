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
