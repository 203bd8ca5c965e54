import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { contentKey } from '../cache.ts';
import { openFileDigests } from '../file-digests.ts';
import { contextEntries, contextKey, type ContextEntry } from './build-context.ts';
import { catalog, type ImageRecipe } from './catalog.ts';
import { partUpstream, type Upstream, type UpstreamImage } from '../upstream/upstream.ts';
import { parseDockerfile, type Reference } from './dockerfile.ts';

/** Raise it when the way images are made changes what is in them. */
const recipeVersion = '1';

export interface PlannedImage {
  readonly recipe: ImageRecipe;
  /** Name and tag, `lab/node:20`. */
  readonly reference: string;
  readonly key: string;
  /** The Dockerfile's path relative to the repository, and its text. */
  readonly dockerfile: string;
  readonly text: string;
  readonly context: readonly ContextEntry[];
  /** contextKey of `context`. */
  readonly filesKey: string;
}

export interface HostFacts {
  readonly nodeVersion: string;
  readonly arch: string;
  readonly suite: string;
}

export interface ContainerPlan {
  /** Images that are built, bases first. */
  readonly plan: readonly PlannedImage[];
  /** Images that are fetched. */
  readonly fetched: readonly UpstreamImage[];
  /** Of the registry storage that holds them all. */
  readonly registryKey: string;
}

/**
 * Which container images a checkout asks for, and the key of the registry storage that holds them all.
 * @param suite Debian suite of the base images
 * @param upstream images that are not built here
 * @throws LabError `state.not-built`, `input.dockerfile`
 */
export async function containerPlan(
  repoDir: string,
  cacheDir: string,
  suite: string,
  recipes: readonly ImageRecipe[] = catalog,
  upstream?: Upstream,
): Promise<ContainerPlan> {
  const host = { nodeVersion: process.version, arch: process.arch, suite };
  const digests = await openFileDigests(path.join(cacheDir, 'file-digests.json'));
  const { built, fetched } = partUpstream(recipes, upstream, host.arch);
  const plan = await planImages(repoDir, built, host, (file) => digests.digest(file));
  await digests.save();
  return { plan, fetched, registryKey: contentKey([...plan, ...fetched].map((image) => image.key)) };
}

/**
 * What has to be built, bases before what stands on them, each with its content key: equal keys, equal images.
 * Reads Dockerfiles and the files they copy; changes nothing.
 * @param digest SHA-256 of a file's content
 * @throws LabError `input.dockerfile` (with file and line) for a base that the lab does not build
 */
export async function planImages(
  repoDir: string,
  recipes: readonly ImageRecipe[],
  host: HostFacts,
  digest: (file: string) => string,
): Promise<PlannedImage[]> {
  const drafts = new Map(
    (await Promise.all(recipes.map((recipe) => draft(repoDir, recipe, digest)))).map((read) => [read.reference, read]),
  );
  const planned = new Map<string, PlannedImage>();
  const visit = (image: Draft, path_: readonly string[]): PlannedImage => {
    const done = planned.get(image.reference);
    if (done !== undefined) return done;
    const baseKeys = image.bases.map((base) => {
      const found = drafts.get(base.text);
      if (found === undefined) throw unknownBase(image, base, [...drafts.keys()]);
      if (path_.includes(base.text)) throw refuse(image, base, `${base.text} stands on itself`);
      return visit(found, [...path_, base.text]).key;
    });
    const { recipe, reference, dockerfile, text, context, filesKey } = image;
    const key = contentKey([recipeVersion, reference, text, filesKey, stageKey(recipe, host), ...baseKeys]);
    const result = { recipe, reference, key, dockerfile, text, context, filesKey };
    planned.set(reference, result);
    return result;
  };
  for (const image of drafts.values()) visit(image, [image.reference]);
  return [...planned.values()];
}

interface Draft extends Omit<PlannedImage, 'key'> {
  readonly bases: readonly Reference[];
}

async function draft(repoDir: string, recipe: ImageRecipe, digest: (file: string) => string): Promise<Draft> {
  const dockerfile = path.posix.join(recipe.folder, 'Dockerfile');
  const text = await readFile(path.join(repoDir, dockerfile), 'utf8').catch((error: unknown) => {
    const cause = `${dockerfile} is missing: it says how ${recipe.name}:${recipe.tag} is built`;
    throw new LabError({ code: 'input.dockerfile', cause, next: `git checkout ${dockerfile}`, error });
  });
  const { bases, sources } = parseDockerfile(text, dockerfile);
  const staged = recipe.stage?.at;
  const own = sources.filter((source) => source.text.split('/')[0] !== staged);
  const context = contextEntries(path.join(repoDir, recipe.folder), own, dockerfile);
  const filesKey = contextKey(context, digest);
  return { recipe, reference: `${recipe.name}:${recipe.tag}`, dockerfile, context, text, bases, filesKey };
}

function stageKey(recipe: ImageRecipe, host: HostFacts): string {
  switch (recipe.stage?.kind) {
    case undefined:
      return '';
    case 'host-node':
      return `${host.nodeVersion} ${host.arch}`;
    case 'debian-packages':
    case 'debian-root':
      return JSON.stringify([host.suite, host.arch, recipe.stage]);
    case 'node-tree':
      return JSON.stringify([host.nodeVersion, host.arch, recipe.stage]);
  }
}

function unknownBase(image: Draft, base: Reference, known: readonly string[]): LabError {
  return refuse(image, base, `FROM ${base.text}: the lab does not build such an image`, known);
}

function refuse(image: Draft, base: Reference, problem: string, known: readonly string[] = []): LabError {
  const next = known.length === 0 ? 'choose another base' : `choose one of: ${known.join(', ')}`;
  return new LabError({ code: 'input.dockerfile', cause: `${image.dockerfile}:${base.line}: ${problem}`, next });
}
