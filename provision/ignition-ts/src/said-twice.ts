import { isDeepStrictEqual } from 'node:util';
import { isTree } from './merge-trees.ts';

/**
 * A config without what it says twice in the same words: of users, units, files, keys and everything else that stands in a list, the
 * first one is kept. Ignition refuses such a list, though it leaves nothing open. What is appended to a file may well be the same twice.
 */
export function saidOnce(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => saidOnce(item));
    if (key === 'append') return items;
    return items.filter((item, i) => items.findIndex((other) => isDeepStrictEqual(other, item)) === i);
  }
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, saidOnce(part, name)]));
}
