import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { readText } from '../../host/read-text.ts';
import { withBuildLock } from '../build-lock.ts';
import { exists, publish, removeDebris, withWorkDirectory } from '../cache.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { buildMissing, type BuildProgress, fetchedDigest } from './build-missing.ts';
import { catalog, type ImageRecipe } from './catalog.ts';
import { containerPlan, type ContainerPlan } from './plan-images.ts';
import { copyImage } from './registry-storage.ts';

const containerImage = z.object({
  /** Repository in the registry, `library/memcached`. */
  name: z.string(),
  tag: z.string(),
  /** Digest of the manifest, `sha256:…`. */
  digest: z.string(),
  /** Content key of everything the image was made from. */
  key: z.string(),
  /** Where it was fetched; absent for one that was built here. */
  from: z.object({ remoteUrl: z.string(), image: z.string(), digest: z.string() }).exactOptional(),
});
export type ContainerImage = Readonly<z.output<typeof containerImage>>;

const fetchLimitMs = 20 * 60_000;

export interface ContainerImages {
  /** Storage directory for startRegistry. Shared and finished: serve it read-only. */
  readonly registryStorage: string;
  readonly images: readonly ContainerImage[];
}

export interface BuildRequest {
  readonly repoDir: string;
  /** The project's cache directory, `cacheDir` of the LabConfig. */
  readonly cacheDir: string;
  /** Debian suite of the base images, `bookworm`. */
  readonly suite: string;
  readonly onProgress: (progress: BuildProgress) => void;
  /** Images that are fetched, and not built. */
  readonly upstream?: Upstream | undefined;
  /** For each of those. */
  readonly fetchDeadlineMs?: number;
  /** Other images than the lab's own. */
  readonly recipes?: readonly ImageRecipe[];
}

/**
 * Makes a registry storage directory that holds the lab's container images, building only what its content keys say is
 * not there yet. Needs root, buildah, docker-registry and mmdebstrap to build; nothing to find that all is there.
 * A finished directory appears by one rename; interrupted builds leave only debris, which the next build removes.
 * @throws LabError `state.not-built` (an app's dist is missing), `input.dockerfile`, `command.*`, `host.*`,
 *   `permission.root`, and as fetchImage
 */
export async function buildContainerImages(request: BuildRequest): Promise<ContainerImages> {
  const { repoDir, cacheDir, suite, onProgress, upstream, recipes = catalog } = request;
  const plan = await containerPlan(repoDir, cacheDir, suite, recipes, upstream);
  const { registryKey } = plan;
  const registries = path.join(cacheDir, 'registry');
  const registryStorage = path.join(registries, registryKey);
  const finished = await readFinished(registryStorage);
  if (finished !== undefined) return { registryStorage, images: finished };
  if (process.getuid?.() !== 0) throw needsRoot();

  const onWait = (holder: string) =>
    onProgress({ image: 'registry', phase: 'wait', detail: `${holder} is building images; waiting for it` });
  return withBuildLock(registries, onWait, async () => {
    // Whoever held the lock before may have built just this.
    const byOthers = await readFinished(registryStorage);
    if (byOthers !== undefined) return { registryStorage, images: byOthers };
    const artefacts = path.join(cacheDir, 'containers');
    await mkdir(artefacts, { recursive: true });
    for (const directory of [registries, artefacts]) await removeDebris(directory);
    await buildImages(request, plan, artefacts, registries);
    const images = await assemble(registries, registryStorage, artefacts, plan);
    onProgress({ image: 'registry', phase: 'done', detail: registryStorage });
    return { registryStorage, images };
  });
}

/** Builds, or fetches, every image whose artefact is not in the cache yet. */
async function buildImages(
  request: BuildRequest,
  { plan, fetched }: ContainerPlan,
  artefacts: string,
  registries: string,
): Promise<void> {
  const { repoDir, suite, onProgress, fetchDeadlineMs = fetchLimitMs } = request;
  const cached = new Set<string>();
  for (const { key, reference } of [...plan, ...fetched]) {
    if (!(await exists(path.join(artefacts, key)))) continue;
    cached.add(key);
    onProgress({ image: reference, phase: 'cached', detail: key });
  }
  const present = plan.filter(({ key }) => cached.has(key));
  const missing = plan.filter(({ key }) => !cached.has(key));
  const absent = fetched.filter(({ key }) => !cached.has(key));
  if (missing.length === 0 && absent.length === 0) return;
  await withWorkDirectory(registries, (work) =>
    buildMissing({
      repoDir,
      suite,
      work,
      artefacts,
      onProgress,
      fetchDeadlineMs,
      present,
      missing,
      absent,
    }),
  );
}

/** Lays the images' artefacts over each other and puts the result in place. */
async function assemble(
  registries: string,
  registryStorage: string,
  artefacts: string,
  { plan, fetched }: ContainerPlan,
): Promise<ContainerImage[]> {
  const images: ContainerImage[] = [];
  await publish(registries, path.basename(registryStorage), async (storage) => {
    for (const { key, recipe } of plan) {
      const digest = await copyImage(path.join(artefacts, key), storage, recipe.name, recipe.tag);
      images.push({ name: recipe.name, tag: recipe.tag, digest, key });
    }
    for (const { key, repository: name, tag, remoteUrl, image } of fetched) {
      const artefact = path.join(artefacts, key);
      const digest = await copyImage(artefact, storage, name, tag);
      const from = { remoteUrl, image, digest: await fetchedDigest(artefact) };
      images.push({ name, tag, digest, key, from });
    }
    await writeFile(path.join(storage, 'images.json'), JSON.stringify(images, null, 2));
  });
  return images;
}

async function readFinished(registryStorage: string): Promise<ContainerImage[] | undefined> {
  const text = await readText(path.join(registryStorage, 'images.json'));
  return text === undefined ? undefined : z.array(containerImage).parse(JSON.parse(text));
}

function needsRoot(): LabError {
  return new LabError({
    code: 'permission.root',
    cause: 'building container images needs root: it mounts file systems and keeps file owners',
    next: 'run the command as root, for example with sudo',
  });
}
