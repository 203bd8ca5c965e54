import type { Json } from './json.ts';

/**
 * Order of view keys: null, false, true, numbers, strings (Unicode collation), arrays, objects.
 * Source: CouchDB documentation "Views collation", which Couchbase's views keep.
 */
export function compareKeys(left: Json, right: Json): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  if (typeof left === 'number' && typeof right === 'number') return Math.sign(left - right);
  if (typeof left === 'string' && typeof right === 'string') return collator.compare(left, right);
  if (isArray(left) && isArray(right)) return compareArrays(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return 0;
}

// The en locale adds nothing to the root collation; 'und' would fall back to the host's locale.
const collator = new Intl.Collator('en-US', { sensitivity: 'variant' });

function rankOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 2 : 1;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return isArray(value) ? 5 : 6;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareArrays(left: readonly Json[], right: readonly Json[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compareKeys(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

function compareObjects(left: Readonly<Record<string, Json>>, right: Readonly<Record<string, Json>>): number {
  return compareArrays(Object.entries(left).flat(), Object.entries(right).flat());
}
