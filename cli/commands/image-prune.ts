import { dirname } from 'node:path';
import { pruneCache } from '#provision/image/prune/prune-cache.ts';
import { usedPaths } from '#provision/image/prune/used-paths.ts';
import { wantedKeys } from '#provision/image/prune/wanted-keys.ts';
import { upstreamOf } from '#provision/config/image-settings.ts';
import { runningSpecFiles } from '#provision/machines/ground/supervisor-process.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, requireRoot } from '../open-lab.ts';
import { table } from '../render/table.ts';
import { printOut } from '../render/terminal.ts';

const defaultStateDir = '/var/lib/coreos-lab';

/** `lab image prune`: frees the cache of what neither this checkout nor any lab of this host needs. */
export async function imagePrune(from: Invocation, options: { dryRun?: boolean; json?: boolean }): Promise<void> {
  const { repoDir } = from;
  requireRoot();
  const { config } = await describeLab(from);
  const stateDirs = [...new Set([defaultStateDir, dirname(config.stateDir)])];
  const [wanted, used] = await Promise.all([
    wantedKeys(repoDir, config.cacheDir, config.images.suite, upstreamOf(config.images)),
    usedPaths(stateDirs, runningSpecFiles()),
  ]);
  const dryRun = options.dryRun === true;
  const pruned = await pruneCache(config.cacheDir, { wanted, used }, dryRun);
  if (options.json === true) {
    console.log(JSON.stringify({ cacheDir: config.cacheDir, dryRun, pruned }));
    return;
  }
  if (pruned.length > 0) {
    const rows = pruned.map(({ kind, key, bytes }) => [kind, key, megabytes(bytes)]);
    printOut(`${table(['KIND', 'KEY', 'SIZE'], rows)}\n`);
  }
  const sum = megabytes(pruned.reduce((total, { bytes }) => total + bytes, 0));
  printOut(`${sum} ${dryRun ? 'could be freed' : 'freed'} in ${config.cacheDir}`);
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
