import { basename } from 'node:path';
import { launcherNodeVersion } from '../../host/launcher-node.ts';
import { boxIdentity } from '../box/box-name.ts';
import { nodeRecipes } from '../containers/node-recipes.ts';
import { catalog } from '../containers/catalog.ts';
import { containerPlan } from '../containers/plan-images.ts';
import { diskImageKey, diskRecipe } from '../disk/recipe.ts';
import { pullThroughStorage, type Upstream } from '../upstream/upstream.ts';
import { osImageKey, osRecipe } from '../os/recipe.ts';

/**
 * The content keys of everything that this checkout builds, without building anything.
 * @param suite Debian suite (`images.suite` of the lab's config)
 * @param upstream images that are fetched, and not built
 * @throws LabError `state.not-built`, `state.checkout`, `input.dockerfile`
 */
export async function wantedKeys(
  repoDir: string,
  cacheDir: string,
  suite: string,
  upstream?: Upstream,
): Promise<Set<string>> {
  const osKey = await osImageKey(osRecipe(repoDir, suite), process.version);
  const { plan, fetched, registryKey } = await containerPlan(repoDir, cacheDir, suite, catalog, upstream);
  // Where the launcher keeps the Node that it takes when the host's does not do.
  const launcherNode = `${await launcherNodeVersion(repoDir)}-${process.arch}`;
  // Made only when a reader builds on them, and then kept.
  const nodes = await containerPlan(repoDir, cacheDir, suite, nodeRecipes);
  const containers = [registryKey, nodes.registryKey, ...[...plan, ...fetched, ...nodes.plan].map(({ key }) => key)];
  const pulled = upstream === undefined ? [] : [basename(pullThroughStorage(cacheDir, upstream.remoteUrl))];
  const keys = [osKey, ...containers, ...pulled, launcherNode];
  // Disks and boxes are made on amd64 only.
  if (process.arch === 'x64') {
    const kernels = (['cloud', 'generic'] as const).map((kernel) => diskImageKey(diskRecipe(repoDir, kernel), osKey));
    keys.push(...(await Promise.all(kernels)), ...Object.values((await boxIdentity(repoDir, suite)).keys));
  }
  return new Set(keys);
}
