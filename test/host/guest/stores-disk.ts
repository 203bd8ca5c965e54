import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { withBuildLock } from '../../../provision/image/build-lock.ts';
import { contentKey, exists, publish, removeDebris } from '../../../provision/image/cache.ts';
import { diskBytes } from './base-disk.ts';
import { ensureLabCaches } from './lab-caches.ts';
import { makeExt4 } from './make-ext4.ts';
import { ensureNpmCache } from './npm-cache.ts';
import type { PackageRepo } from './package-repo.ts';
import type { Suite } from './suite-sources.ts';

export interface StoresRequest {
  readonly suite: Suite;
  readonly debs: PackageRepo;
  readonly repoDir: string;
  /** The lab's own cache, from which the guest gets what this checkout needs. */
  readonly labCacheDir: string;
  readonly cacheDir: string;
  /** Programs that the lab may run with in the guest, besides the Node 24 of the npm cache. */
  readonly nodes?: readonly string[];
  readonly onProgress: (line: string) => void;
}

/**
 * The second disk of a guest, mounted at /srv/lab: everything that it would otherwise fetch, and that would take it long
 * to make. From the cache, or made now; the ones made for an earlier state of the checkout are removed.
 * `debs` Debian packages, `npm` npm's cache, `npmrc` its settings, `cache` what becomes /root/.cache, `node_modules` the
 * installed dependencies of this checkout.
 * @returns the raw disk's path
 * @throws LabError as those that make its parts do
 */
export async function ensureStoresDisk(request: StoresRequest): Promise<string> {
  const { suite, debs, repoDir, labCacheDir, cacheDir, onProgress } = request;
  const npm = await ensureNpmCache(repoDir, cacheDir, onProgress);
  await execa(join(repoDir, 'lab'), ['--version'], { cwd: repoDir });
  const caches = new Set<string>();
  for (const node of [npm.node, ...(request.nodes ?? [])])
    for (const path of await ensureLabCaches(node, labCacheDir, onProgress)) caches.add(path);
  const parent = join(cacheDir, 'stores', suite);
  const key = contentKey([debs.key, npm.key, ...[...caches].sort()]);
  const disk = join(parent, key, 'disk.raw');
  if (await exists(disk)) return disk;
  await withBuildLock(
    parent,
    (holder) => onProgress(`${holder} is making the disk; waiting`),
    async () => {
      if (await exists(disk)) return;
      await removeDebris(parent);
      onProgress('making the disk with packages and caches');
      await publish(parent, key, async (dir) => {
        const source = join(dir, 'root');
        await mkdir(source);
        await writeFile(join(source, 'npmrc'), npm.npmrc);
        const cachePlaces = [...caches].map((path) => [join('cache/coreos-lab', path), join(labCacheDir, path)]);
        const at = {
          ...{ debs: debs.directory, npm: npm.directory, node_modules: join(repoDir, 'node_modules') },
          ...(Object.fromEntries(cachePlaces) as Record<string, string>),
        };
        await makeExt4({ source, at, file: join(dir, 'disk.raw'), label: 'lab-stores', bytes: diskBytes });
        await rm(source, { recursive: true });
      });
      // A running guest keeps the file that it has open.
      for (const name of await readdir(parent))
        if (/^[0-9a-f]{32}$/.test(name) && name !== key) await rm(join(parent, name), { recursive: true });
    },
  );
  return disk;
}
