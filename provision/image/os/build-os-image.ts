import { join } from 'node:path';
import { withBuildLock } from '../build-lock.ts';
import { exists, publish, removeDebris } from '../cache.ts';
import { runContained } from '../run-contained.ts';
import { suiteAptSources } from '../suite-sources.ts';
import { osImageKey, type OsRecipe } from './recipe.ts';

export interface OsImage {
  readonly key: string;
  /** Root directory of the image: read-only by convention, the lower layer of every machine. */
  readonly rootDir: string;
  readonly built: boolean;
}

const buildDeadlineMs = 20 * 60_000;

/** Nothing on a machine reads these; without them the image is a fifth smaller. */
const excludedPaths = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/**
 * Returns the OS image of a recipe, building it with mmdebstrap when the cache does not hold it yet.
 * The image appears under its final name by one rename, so an interrupted build leaves nothing half made.
 * @param onProgress called with mmdebstrap's own phase lines
 * @throws LabError `command.mmdebstrap` with its last output lines, `host.*`, `timeout.build-lock`
 */
export async function ensureOsImage(
  recipe: OsRecipe,
  cacheDir: string,
  onProgress: (detail: string) => void,
): Promise<OsImage> {
  const key = await osImageKey(recipe, process.version);
  const imagesDir = join(cacheDir, 'os-image');
  const rootDir = join(imagesDir, key, 'root');
  if (await exists(rootDir)) return { key, rootDir, built: false };
  const onWait = (holder: string) => onProgress(`${holder} is building it; waiting`);
  return withBuildLock(imagesDir, onWait, async () => {
    if (await exists(rootDir)) return { key, rootDir, built: false };
    await removeDebris(imagesDir);
    await publish(imagesDir, key, (dir) => bootstrap(recipe, join(dir, 'root'), onProgress));
    return { key, rootDir, built: true };
  });
}

async function bootstrap(recipe: OsRecipe, root: string, onProgress: (detail: string) => void): Promise<void> {
  const apt = await suiteAptSources(recipe.suite);
  await runContained({
    program: 'mmdebstrap',
    args: [
      '--variant=minbase',
      `--include=${recipe.packages.join(',')}`,
      ...apt.aptOpts,
      '--aptopt=APT::Install-Recommends "false"',
      ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
      '--customize-hook=sh "$CUSTOMIZE" "$1"',
      recipe.suite,
      root,
      ...apt.sources,
    ],
    env: {
      CUSTOMIZE: join(recipe.directory, 'customize.sh'),
      NODE_BINARY: recipe.nodeBinary,
      FILES: join(recipe.directory, 'files'),
      DEBIAN_FRONTEND: 'noninteractive',
    },
    deadlineMs: buildDeadlineMs,
    onLine: (line) => {
      if (line.startsWith('I: ')) onProgress(line.slice(3));
    },
    purpose: 'build the OS image',
    next: 'check that `apt-get update` works on this host, then run the command again',
  });
}
