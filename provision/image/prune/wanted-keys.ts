import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boxIdentity } from '../box/box-name.ts';
import { containerPlan } from '../containers/container-plan.ts';
import { diskImageKey, diskRecipe } from '../disk/recipe.ts';
import { osImageKey, osRecipe } from '../os/recipe.ts';

/**
 * The content keys of everything that this checkout builds, without building anything.
 * @param suite Debian suite (`images.suite` of the lab's config)
 * @throws LabError `state.not-built`, `input.dockerfile`
 */
export async function wantedKeys(repoDir: string, cacheDir: string, suite: string): Promise<Set<string>> {
  const osKey = await osImageKey(osRecipe(repoDir, suite), process.version);
  const { plan, registryKey } = await containerPlan(repoDir, cacheDir, suite);
  const keys = [osKey, registryKey, ...plan.map(({ key }) => key), await launcherNode(repoDir)];
  // Disks and boxes are made on amd64 only.
  if (process.arch === 'x64') {
    const kernels = (['cloud', 'generic'] as const).map((kernel) => diskImageKey(diskRecipe(repoDir, kernel), osKey));
    keys.push(...(await Promise.all(kernels)), ...Object.values((await boxIdentity(repoDir, suite)).keys));
  }
  return new Set(keys);
}

/** Where the launcher keeps the Node that it takes when the host's does not do. */
async function launcherNode(repoDir: string): Promise<string> {
  const script = await readFile(join(repoDir, 'provision/host/find-node.sh'), 'utf8');
  return `${/^own_version=(\S+)$/m.exec(script)?.[1] ?? ''}-${process.arch}`;
}
