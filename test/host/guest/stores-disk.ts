import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentKey } from '#provision/image/cache.ts';
import { diskBytes } from './base-disk.ts';
import { ensureKeyed } from '../../support/keyed.ts';
import { ensureLabCaches } from './lab-caches.ts';
import { makeExt4 } from './make-ext4.ts';
import { ensureNpmCache } from './npm-cache.ts';
import type { PackageRepo } from './package-repo.ts';
import type { Suite } from './suite.ts';

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
 * to make. From the cache, or made now.
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
  const make = async (dir: string) => {
    onProgress('making the disk with packages and caches');
    const source = join(dir, 'root');
    await mkdir(source);
    await writeFile(join(source, 'npmrc'), npm.npmrc);
    const cachePlaces = [...caches].map((path) => [join('cache/coreos-lab', path), join(labCacheDir, path)]);
    const at = {
      debs: debs.directory,
      npm: npm.directory,
      node_modules: join(repoDir, 'node_modules'),
      ...(Object.fromEntries(cachePlaces) as Record<string, string>),
    };
    await makeExt4({ source, at, file: join(dir, 'disk.raw'), label: 'lab-stores', bytes: diskBytes });
    await rm(source, { recursive: true });
  };
  const key = contentKey([debs.key, npm.key, ...[...caches].sort()]);
  return join(await ensureKeyed({ parent: join(cacheDir, 'stores', suite), key, make, onProgress }), 'disk.raw');
}
