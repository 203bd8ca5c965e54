import { homedir } from 'node:os';
import { join } from 'node:path';
import { hostTestPackages, requiredPackages } from '#provision/host/package-list.ts';
import { ensurePackages } from '#provision/host/packages.ts';
import { ensureBaseDisk } from './base-disk.ts';
import { HostGuest } from './host-guest.ts';
import { ensureInstalledDisk } from './installed-disk.ts';
import { ensurePackageRepo } from './package-repo.ts';
import { ensureStoresDisk } from './stores-disk.ts';
import type { Suite } from './suite.ts';

export interface BootRequest {
  readonly suite: Suite;
  /** Debian packages that are there from the start: what a test would only wait for. */
  readonly packages?: readonly string[];
  readonly memoryMb?: number;
  /** Programs that the lab may run with in the guest, besides the Node 24 of the npm cache. */
  readonly nodes?: readonly string[];
  readonly onProgress: (line: string) => void;
}

const repoDir = join(import.meta.dirname, '../../..');

/**
 * A freshly booted host of a Debian release, with packages and caches for this checkout at /srv/lab, and no checkout yet.
 * @throws LabError as those that make its parts do
 */
export async function bootHost({ suite, packages = [], memoryMb, nodes, onProgress }: BootRequest): Promise<HostGuest> {
  const needed = [...Object.keys(requiredPackages), ...hostTestPackages];
  await ensurePackages({ install: true, packages: needed, onProgress });
  const labCacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'coreos-lab');
  const cacheDir = join(labCacheDir, 'test-host');
  const stock = await ensureBaseDisk(suite, cacheDir, onProgress);
  const debs = await ensurePackageRepo(stock, cacheDir, onProgress);
  const base =
    packages.length === 0 ? stock : await ensureInstalledDisk({ stock, debs, packages, cacheDir, onProgress });
  const request = { suite, debs, repoDir, labCacheDir, cacheDir, onProgress };
  const stores = await ensureStoresDisk({ ...request, ...(nodes === undefined ? {} : { nodes }) });
  onProgress(`booting Debian ${suite}`);
  return HostGuest.boot({ base, stores, ...(memoryMb === undefined ? {} : { memoryMb }) });
}
