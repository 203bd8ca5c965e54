import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { withBuildLock } from '../build-lock.ts';
import { removeDebris, withWorkDirectory } from '../cache.ts';
import { type Buildah, prepareBuildah } from '../containers/buildah.ts';
import { containerPlan } from '../containers/plan-images.ts';
import { nodeRecipes } from '../containers/node-recipes.ts';

/** What readers' builds leave for the next: layers, npm's and ccache's caches. */
export interface BuildPlace {
  readonly buildah: Buildah;
  /** Scratch directory, gone at the end. */
  readonly work: string;
  /** Directories of the cache, mounted over those of root in a build. */
  readonly npmCache: string;
  readonly userCache: string;
}

export interface PlaceRequest {
  readonly repoDir: string;
  readonly cacheDir: string;
  /** Debian suite of the images that the lab builds. */
  readonly suite: string;
  /** `address:port` of the lab's registry. */
  readonly registry: string;
  readonly onNote: (note: string) => void;
}

/** An image with its compilers takes half of it unpacked, and is there twice for a moment. */
const wantedBytes = 3e9;

/**
 * Runs `use` with a buildah whose layers outlive it: a build goes on where the last one of the same Dockerfile changed. They lie below
 * `builds` of the cache, under the key of the images that readers build on, so that `lab image prune` takes them when those are made anew.
 * One build at a time.
 * @throws LabError `host.space`, `timeout.build-lock`
 */
export async function withBuildPlace<T>(request: PlaceRequest, use: (place: BuildPlace) => Promise<T>): Promise<T> {
  const { repoDir, cacheDir, suite, registry, onNote } = request;
  const { registryKey } = await containerPlan(repoDir, cacheDir, suite, nodeRecipes);
  const builds = join(cacheDir, 'builds');
  const kept = join(builds, registryKey);
  const [npmCache, userCache] = [join(kept, 'npm'), join(kept, 'cache')];
  for (const directory of [npmCache, join(userCache, 'ccache')]) await mkdir(directory, { recursive: true });
  await requireSpace(builds);
  return withBuildLock(
    builds,
    (holder) => onNote(`${holder} is building an image; waiting for it`),
    async () => {
      await removeDebris(builds);
      return withWorkDirectory(builds, async (work) => {
        const buildah = await prepareBuildah(work, registry, { root: join(kept, 'root') });
        // Of a build that was killed.
        await buildah.run({ args: ['rm', '--all'], purpose: 'remove what a killed build left' });
        const result = await use({ buildah, work, npmCache, userCache });
        // Layers of former builds on which nothing stands any more.
        await buildah.run({ args: ['rmi', '--prune', '--force'], purpose: 'remove layers of former builds' });
        return result;
      });
    },
  );
}

async function requireSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < wantedBytes) throw noSpace(directory, `${Math.floor(free / 1e6)} MB are free`);
}

/** @param evidence what said so */
export function noSpace(directory: string, evidence: string): LabError {
  return new LabError({
    code: 'host.space',
    cause: `there is too little space for an image build in ${directory}: it wants ${wantedBytes / 1e9} GB`,
    evidence: [evidence],
    next: 'lab image prune   (frees the cache of what nobody needs), or free space with df -h',
  });
}
