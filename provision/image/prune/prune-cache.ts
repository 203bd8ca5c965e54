import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { withBuildLock } from '../build-lock.ts';

/** A finished thing in the cache, in a directory named by its content key, or by version and CPU (the launcher's Node). */
export interface CacheEntry {
  readonly kind: CacheKind;
  readonly key: string;
  readonly path: string;
}

const cacheKinds = [
  'os-image',
  'disk-image',
  'box',
  'containers',
  'registry',
  'pull-through',
  'builds',
  'node',
  'docs',
] as const;
type CacheKind = (typeof cacheKinds)[number];

export type PrunedEntry = CacheEntry & { readonly bytes: number };

/**
 * Removes from the cache what nobody needs. Whoever builds is waited for, so that nothing is taken from under it.
 * @param needs what to keep, asked for once the cache has been read
 * @param dryRun removes nothing
 * @returns what was, or would be, removed
 * @throws LabError `timeout.build-lock`
 */
export async function pruneCache(
  cacheDir: string,
  needs: { readonly wanted: ReadonlySet<string>; readonly used: readonly string[] },
  dryRun: boolean,
): Promise<PrunedEntry[]> {
  const pruned: PrunedEntry[] = [];
  for (const kind of cacheKinds) {
    const entries = planPrune(await entriesOf(cacheDir, kind), needs.wanted, needs.used);
    if (entries.length === 0) continue;
    const sized = await Promise.all(entries.map(async (entry) => ({ ...entry, bytes: await bytesOf(entry.path) })));
    pruned.push(...sized);
    if (dryRun) continue;
    // Container images and the registries made of them are built under one lock.
    const lock = join(cacheDir, kind === 'containers' ? 'registry' : kind);
    await withBuildLock(
      lock,
      () => undefined,
      async () => {
        for (const { path } of sized) await rm(path, { recursive: true, force: true });
      },
    );
  }
  return pruned;
}

/**
 * What nobody needs any more. Pure.
 * @param wanted keys that this checkout would build, or take, if they were not there
 * @param used paths at or below an entry that a lab of this host stands on, whatever checkout made it
 */
function planPrune(entries: readonly CacheEntry[], wanted: ReadonlySet<string>, used: readonly string[]): CacheEntry[] {
  return entries.filter(
    ({ key, path }) => !wanted.has(key) && !used.some((one) => one === path || one.startsWith(`${path}/`)),
  );
}

async function entriesOf(cacheDir: string, kind: CacheKind): Promise<CacheEntry[]> {
  const names = await readdir(join(cacheDir, kind)).catch(() => []);
  return names
    .filter((name) => (kind === 'node' ? /^[\d.]+-\w+$/ : /^[0-9a-f]{32}$/).test(name))
    .sort()
    .map((key) => ({ kind, key, path: join(cacheDir, kind, key) }));
}

/** On the disk: an image's holes count nothing. */
async function bytesOf(path: string): Promise<number> {
  const { stdout } = await execa('du', ['--summarize', '--one-file-system', '--block-size=1', path]);
  return Number.parseInt(stdout, 10);
}
