import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { LabError } from '../../../errors/lab-error.ts';
import { hostAptSources } from '../apt-sources.ts';
import { osImageKey, type OsRecipe } from './recipe.ts';

export interface OsImage {
  readonly key: string;
  /** Root directory of the image: read-only by convention, the lower layer of every machine. */
  readonly rootDir: string;
  readonly built: boolean;
}

const minutes = 60_000;
const buildDeadlineMs = 20 * minutes;

/**
 * Returns the OS image of a recipe, building it with mmdebstrap when the cache does not hold it yet.
 * The image appears under its final name by one rename, so an interrupted build leaves nothing half made;
 * directories of builds whose process is gone are removed.
 * @param onProgress called with mmdebstrap's own phase lines
 * @throws LabError `command.mmdebstrap` with its last output lines
 */
export async function ensureOsImage(
  recipe: OsRecipe,
  cacheDir: string,
  onProgress: (detail: string) => void,
): Promise<OsImage> {
  const key = await osImageKey(recipe, process.version);
  const imagesDir = join(cacheDir, 'os-image');
  const rootDir = join(imagesDir, key, 'root');
  if (await exists(join(imagesDir, key, 'complete'))) return { key, rootDir, built: false };

  await mkdir(imagesDir, { recursive: true });
  await removeDeadBuilds(imagesDir);
  const buildDir = join(imagesDir, `building-${key}-${process.pid}`);
  try {
    await bootstrap(recipe, join(buildDir, 'root'), onProgress);
    await writeFile(
      join(buildDir, 'complete'),
      `${JSON.stringify({ key, suite: recipe.suite, node: process.version })}\n`,
    );
    await rm(join(imagesDir, key), { recursive: true, force: true });
    await rename(buildDir, join(imagesDir, key));
  } catch (error) {
    await rm(buildDir, { recursive: true, force: true });
    throw error;
  }
  return { key, rootDir, built: true };
}

async function bootstrap(recipe: OsRecipe, root: string, onProgress: (detail: string) => void): Promise<void> {
  const apt = await hostAptSources();
  await mkdir(dirname(root), { recursive: true });
  const excluded = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];
  const child = execa(
    'mmdebstrap',
    [
      ...['--variant=minbase', `--include=${recipe.packages.join(',')}`, ...apt.aptOpts],
      '--aptopt=APT::Install-Recommends "false"',
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      `--customize-hook=${join(recipe.directory, 'customize.sh')} "$1"`,
      ...[recipe.suite, root, ...apt.sources],
    ],
    {
      env: {
        NODE_BINARY: recipe.nodeBinary,
        FILES: join(recipe.directory, 'files'),
        DEBIAN_FRONTEND: 'noninteractive',
      },
      all: true,
      stdin: 'ignore',
      timeout: buildDeadlineMs,
    },
  );
  const lastLines: string[] = [];
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      if (line.startsWith('I: ')) onProgress(line.slice(3));
    }
    await child;
  } catch (error) {
    throw new LabError({
      code: 'command.mmdebstrap',
      cause:
        error instanceof ExecaError && error.timedOut
          ? `the OS image was not built within ${buildDeadlineMs / minutes} minutes`
          : 'mmdebstrap could not build the OS image',
      evidence: lastLines,
      next: 'check that `apt-get update` works on this host, then run `lab up` again',
      error,
    });
  }
}

/** A build directory names its process; one whose process is gone is debris. */
async function removeDeadBuilds(imagesDir: string): Promise<void> {
  for (const name of await readdir(imagesDir)) {
    const pid = /^building-[0-9a-f]+-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !(await exists(`/proc/${pid}`))) {
      await rm(join(imagesDir, name), { recursive: true, force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
