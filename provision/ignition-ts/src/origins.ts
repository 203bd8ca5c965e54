import { isTree, nameOf } from './merge-trees.ts';
import type { Place } from './problem.ts';

/** A text that a config, or a part of it, was read from. */
export interface Origin {
  /** What was read. */
  readonly value: unknown;
  /** `my.ign:3:17: ` of a path in it. */
  readonly place: Place;
}

/** Beside the configs, which are nothing but the spec's own keys. */
const remembered = new WeakMap<object, readonly Origin[]>();

/** The same config, of which `originsOf` says from then on what went into it. */
export function rememberOrigins<T extends object>(config: T, origins: readonly Origin[]): T {
  if (origins.length > 0) remembered.set(config, origins);
  return config;
}

/** Texts that went into a config, an earlier one under a later one; none for a config that was built. */
export function originsOf(config: object): readonly Origin[] {
  return remembered.get(config) ?? [];
}

/** Where something of a merged config was written: '' when no text says it. */
export function placeByOrigins(merged: unknown, origins: readonly Origin[]): Place {
  return (path) => {
    for (const { value, place } of origins.toReversed()) {
      const there = pathIn(value, merged, path);
      if (there) return place(there);
    }
    return '';
  };
}

/**
 * The path in a part of what is at `path` in the whole, items of lists found by their names; as far as the part has it,
 * but at least to an item of a list or the last key.
 */
function pathIn(part: unknown, whole: unknown, path: readonly (string | number)[]): (string | number)[] | undefined {
  const found: (string | number)[] = [];
  let inItem = false;
  let here = part;
  let there = whole;
  for (const step of path) {
    if (typeof step === 'number') {
      const [mine, all] = [listOf(here), listOf(there)];
      const at = mine.findIndex((item) => nameOf(item) === nameOf(all[step]));
      if (at < 0) return inItem ? found : undefined;
      found.push(at);
      inItem = true;
      here = mine[at];
      there = all[step];
    } else {
      if (!isTree(here) || here[step] === undefined) return inItem ? found : undefined;
      found.push(step);
      here = here[step];
      there = isTree(there) ? there[step] : undefined;
    }
  }
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
