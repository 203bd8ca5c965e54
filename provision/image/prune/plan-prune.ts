/** A finished thing in the cache, in a directory named by its content key, or by version and CPU (the launcher's Node). */
export interface CacheEntry {
  readonly kind: CacheKind;
  readonly key: string;
  readonly path: string;
}

export const cacheKinds = ['os-image', 'disk-image', 'box', 'containers', 'registry', 'node'] as const;
export type CacheKind = (typeof cacheKinds)[number];

/**
 * What nobody needs any more. Pure.
 * @param wanted keys that this checkout would build, or take, if they were not there
 * @param used paths at or below an entry that a lab of this host stands on, whatever checkout made it
 */
export function planPrune(
  entries: readonly CacheEntry[],
  wanted: ReadonlySet<string>,
  used: readonly string[],
): CacheEntry[] {
  return entries.filter(
    ({ key, path }) => !wanted.has(key) && !used.some((one) => one === path || one.startsWith(`${path}/`)),
  );
}
