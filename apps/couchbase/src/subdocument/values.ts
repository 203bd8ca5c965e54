import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { jsonDepth } from './json-depth.ts';
import { subdocumentLimits } from './limits.ts';

/** May this JSON value stand below so many components? A status says why not. */
export function checkValue(value: ByteString, components: number): Status | undefined {
  return checkDepth(jsonDepth(value), components);
}

/** The same of the elements of an array: `1, "a", [2]`. */
export function checkElements(elements: ByteString, components: number): Status | undefined {
  if (elements.trim() === '') return statuses.subdocValueCannotInsert;
  const depth = jsonDepth(`[${elements}]`);
  return checkDepth(depth < 0 ? depth : depth - 1, components);
}

function checkDepth(depth: number, components: number): Status | undefined {
  if (depth < 0) return statuses.subdocValueCannotInsert;
  return depth + components > subdocumentLimits.depth ? statuses.subdocValueTooDeep : undefined;
}
