import path from 'node:path';
import { contentKey } from '../cache.ts';
import { openFileDigests } from '../file-digests.ts';
import { catalog, type ImageRecipe } from './catalog.ts';
import { planImages, type PlannedImage } from './plan-images.ts';

/**
 * Which container images a checkout asks for, and the key of the registry storage that holds them all.
 * @param suite Debian suite of the base images
 * @throws LabError `state.not-built`, `input.dockerfile`
 */
export async function containerPlan(
  repoDir: string,
  cacheDir: string,
  suite: string,
  recipes: readonly ImageRecipe[] = catalog,
): Promise<{ plan: readonly PlannedImage[]; registryKey: string }> {
  const host = { nodeVersion: process.version, arch: process.arch, suite };
  const digests = await openFileDigests(path.join(cacheDir, 'file-digests.json'));
  const plan = await planImages(repoDir, recipes, host, (file) => digests.digest(file));
  await digests.save();
  return { plan, registryKey: contentKey(plan.map((image) => image.key)) };
}
