import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { mustHave } from '#errors/must-have.ts';
import type { BuildProgress } from '../containers/build-missing.ts';
import { buildOptions } from '../containers/buildah.ts';
import type { Reference } from '../containers/dockerfile.ts';
import { type ImageName, readImageName, shortName } from '../registry/image-name.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { type BuildPlace, noSpace, withBuildPlace } from './build-place.ts';
import { checkContext } from './check-context.ts';
import { hostNpm } from './host-npm.ts';
import { isNodeBase, provideNodeBase } from './node-base.ts';
import { lineOfStep, type OwnDockerfile, readOwnDockerfile } from './read-own-dockerfile.ts';

export interface OwnBuild {
  readonly repoDir: string;
  readonly cacheDir: string;
  /** Debian suite of the images that the lab builds. */
  readonly suite: string;
  /** `address:port` of the lab's registry, which answers. */
  readonly registry: string;
  /** Build context. */
  readonly dir: string;
  /** Default: `Dockerfile` in it. */
  readonly file?: string;
  readonly names: readonly ImageName[];
  /** `NAME=VALUE` */
  readonly buildArgs: readonly string[];
  readonly target?: string;
  readonly noCache: boolean;
  /** Lines of the build as they come. */
  readonly onLine: (line: string) => void;
  /** What is waited for, or was put in place of what was asked for. */
  readonly onNote: (note: string) => void;
  readonly onProgress: (progress: BuildProgress) => void;
}

/** A native module of 2016 on a host with other things to do. */
const buildDeadlineMs = 30 * 60_000;
/** What buildah says of its own doings, between what the steps print. */
const chatter =
  /^(--> [0-9a-f]+$|Getting image source|Copying (blob|config) |Writing manifest|Storing signatures|Resolving "|Trying to pull|subprocess exited)/;
const certificatesAt = '/run/lab-build/certificates.pem';

/**
 * Builds a reader's Dockerfile on the host and puts the image into the lab's registry, from where every machine pulls it. The build has the
 * host's network, and the host's way to npm's registry, neither of which stays in the image.
 * @throws LabError `missing.image-file`, `input.image-context`, `input.own-dockerfile`, `missing.base-image`, `host.space`, and as
 *   buildContainerImages for `FROM node`
 */
export async function buildOwnImage(build: OwnBuild): Promise<void> {
  const { dir, registry, onNote } = build;
  if (!existsSync(dir) || !statSync(dir).isDirectory()) throw noFile(`there is no directory ${dir}`);
  const dockerfile = await readDockerfile(build);
  await checkContext(dir);
  const client = new RegistryClient(registry);
  const bases = dockerfile.bases.map((base) => ({ base, name: readImageName(base.text, registry) }));
  for (const { base, name } of bases) await provideBase(build, client, dockerfile, base, name);
  await withBuildPlace({ ...build, onNote }, async (place) => {
    // The kept layers may be those of another lab, whose registry had an image of the same short name.
    const whole = withWholeNames(dockerfile, bases, registry);
    await writeFile(join(place.work, 'Dockerfile'), whole.text);
    await runBuild(build, whole, place);
    for (const name of build.names) await place.buildah.push(`${name.repository}:${name.tag}`);
  });
}

/** The same Dockerfile, its lines where they were, with the registry before the name of each base. Pure. */
function withWholeNames(
  { text, file }: OwnDockerfile,
  bases: readonly { readonly base: Reference; readonly name: ImageName }[],
  registry: string,
): OwnDockerfile {
  const lines = text.split('\n');
  for (const { base, name } of bases) {
    const whole = `${registry}/${name.repository}:${name.tag}`;
    // Behind a line that goes on, the name may stand further down.
    const at = lines.findIndex((line, index) => index >= base.line - 1 && line.includes(base.text));
    lines[at] = mustHave(lines[at], `line with ${base.text}`).replace(base.text, whole);
  }
  return readOwnDockerfile(lines.join('\n'), file);
}

async function readDockerfile({ dir, file = join(dir, 'Dockerfile') }: OwnBuild): Promise<OwnDockerfile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw noFile(`the Dockerfile ${file} cannot be read: ${error.code ?? error.message}`);
  });
  return readOwnDockerfile(text, file);
}

async function provideBase(
  build: OwnBuild,
  registry: RegistryClient,
  { file }: OwnDockerfile,
  { line, text }: Reference,
  name: ImageName,
): Promise<void> {
  const { repoDir, cacheDir, suite, onNote, onProgress } = build;
  if (await registry.has(name)) return;
  if (!isNodeBase(name)) {
    throw new LabError({
      code: 'missing.base-image',
      cause: `${file}:${line}: FROM ${text}: the lab's registry has no image ${shortName(name)}, and there is no other`,
      evidence: [`it has: ${[...(await namesIn(registry)), 'node:onbuild and node (made when needed)'].join(', ')}`],
      next: `lab image build DIR -t ${shortName(name)}   (or: lab image load FILE.tar, of docker save ${shortName(name)})`,
    });
  }
  onNote(`${shortName(name)} is the lab's: Node ${process.version}, the one of this host, whatever the tag says`);
  await provideNodeBase(name, { repoDir, cacheDir, suite, registry, onProgress });
}

async function namesIn(registry: RegistryClient): Promise<string[]> {
  const names = (await registry.images()).map((name) => shortName(name));
  return names.filter((name) => !name.startsWith('node:'));
}

async function runBuild(build: OwnBuild, dockerfile: OwnDockerfile, place: BuildPlace): Promise<void> {
  const { dir, names, registry } = build;
  const { buildah } = place;
  const steps: string[] = [];
  const said: string[] = [];
  const onLine = (line: string): void => {
    const step = /^(?:\[\d+\/\d+\] )?STEP \d+(?:\/\d+)?: (.*)$/.exec(line)?.[1];
    if (step !== undefined) steps.push(step);
    else if (chatter.test(line)) return;
    else said.push(line);
    build.onLine(line.replaceAll(`${registry}/`, ''));
  };
  const args = [
    'bud',
    ...buildOptions,
    '--layers',
    '--pull=always',
    ...buildah.trust,
    ...(await mounts(place)),
    ...build.buildArgs.flatMap((pair) => ['--build-arg', pair]),
    ...(build.target === undefined ? [] : ['--target', build.target]),
    ...(build.noCache ? ['--no-cache'] : []),
    ...names.flatMap(({ repository, tag }) => ['--tag', `${registry}/${repository}:${tag}`]),
    '--file',
    join(place.work, 'Dockerfile'),
    resolve(dir),
  ];
  try {
    await buildah.run({ args, onLine, deadlineMs: buildDeadlineMs, purpose: `build ${basename(resolve(dir))}` });
  } catch (error) {
    throw error instanceof LabError && error.code === 'command.buildah'
      ? stepFailed(build, dockerfile, steps, said, error)
      : error;
  }
}

/** What the build finds of the host, and leaves there: npm's way to its registry, and caches. */
async function mounts({ work, npmCache, userCache }: BuildPlace): Promise<string[]> {
  const { npmrc, certificates } = await hostNpm(process.env, certificatesAt);
  const npmrcFile = join(work, 'npmrc');
  // It may hold a password of the registry's.
  await writeFile(npmrcFile, npmrc, { mode: 0o600 });
  const volumes = [`${npmrcFile}:/root/.npmrc:ro`, `${npmCache}:/root/.npm`, `${userCache}:/root/.cache`];
  if (certificates !== undefined) {
    const file = join(work, 'certificates.pem');
    await writeFile(file, certificates);
    volumes.push(`${file}:${certificatesAt}:ro`);
  }
  return volumes.flatMap((volume) => ['--volume', volume]);
}

function stepFailed(
  { dir, cacheDir, registry }: OwnBuild,
  dockerfile: OwnDockerfile,
  steps: readonly string[],
  said: readonly string[],
  error: LabError,
): LabError {
  if (said.some((line) => /no space left on device|ENOSPC/i.test(line))) return noSpace(cacheDir, said.at(-1) ?? '');
  const { line, onbuild } = lineOfStep(dockerfile, steps);
  const step = steps.at(-1)?.replaceAll(`${registry}/`, '') ?? 'its first step';
  const whose = onbuild ? ', which the base image adds (ONBUILD)' : '';
  const lacksPackage = onbuild && step.startsWith('COPY package.json') && !existsSync(join(dir, 'package.json'));
  return new LabError({
    code: 'input.own-dockerfile',
    cause: `${dockerfile.file}:${line}: step ${steps.length} failed: ${step}${whose}`,
    evidence: said.filter((text) => text.trim() !== '').slice(-15),
    next: lacksPackage
      ? `write ${join(dir, 'package.json')}: the app's dependencies, and what npm start runs`
      : 'correct that line, or what it runs, then build again: steps before it are not repeated',
    error,
  });
}

function noFile(cause: string): LabError {
  return new LabError({ code: 'missing.image-file', cause, next: 'lab image build DIR -t NAME [-f FILE]' });
}
