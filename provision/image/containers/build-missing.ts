import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { publish } from '../cache.ts';
import { sha256File } from '../file-digests.ts';
import { startRegistry } from '../registry/registry.ts';
import { cameText, fetchImage } from '../upstream/fetch-image.ts';
import { remoteBytes } from '../upstream/remote-bytes.ts';
import type { UpstreamImage } from '../upstream/upstream.ts';
import { contextKey, stageContext } from './build-context.ts';
import { prepareBuildah, type Buildah } from './buildah.ts';
import { type PackageSet, unpackDebianPackages } from './debian-packages.ts';
import { makeDebianRoot } from './debian-root.ts';
import { makeNodeTree } from './node-tree.ts';
import type { PlannedImage } from './plan-images.ts';
import { copyImage } from './registry-storage.ts';

/** One step of building the container images, as it happens. */
export interface BuildProgress {
  /** `lab/node:20`, or `registry` for what concerns all images. */
  readonly image: string;
  readonly phase: 'wait' | 'fetch' | 'build' | 'push' | 'cached' | 'done';
  readonly detail: string;
}

/** In a fetched image's artefact, beside its storage. */
const digestFile = 'upstream-digest';

export interface BuildSession {
  readonly repoDir: string;
  readonly suite: string;
  /** Scratch directory on the cache's file system. */
  readonly work: string;
  /** Receives one directory per image, named by its key: a registry storage with that image alone. */
  readonly artefacts: string;
  /** Images whose artefacts exist, as bases. */
  readonly present: readonly PlannedImage[];
  /** Images to build, bases first. */
  readonly missing: readonly PlannedImage[];
  /** Images to fetch. */
  readonly absent: readonly UpstreamImage[];
  /** For each of those. */
  readonly fetchDeadlineMs: number;
  readonly onProgress: (progress: BuildProgress) => void;
}

/**
 * Fetches and builds the missing images one after another through a registry of their own; each is kept as soon as it is done.
 * Those that may fail for others' reasons come first.
 */
export async function buildMissing(session: BuildSession): Promise<void> {
  const { work, artefacts, present, missing, onProgress } = session;
  const storage = path.join(work, 'storage');
  await mkdir(storage);
  for (const { key, recipe } of present) {
    await copyImage(path.join(artefacts, key), storage, recipe.name, recipe.tag);
  }
  const logFile = path.join(work, 'registry.log');
  const registry = await startRegistry({ storage, addr: '127.0.0.1:0', logFile, writable: true });
  try {
    const buildah = await prepareBuildah(path.join(work, 'buildah'), registry.addr);
    await fetchAbsent(session, storage, buildah, registry.addr);
    await stagePackages(session);
    for (const image of missing) {
      await buildOne(session, image, buildah);
      const { name, tag } = image.recipe;
      await publish(artefacts, image.key, async (dir) => {
        await copyImage(storage, dir, name, tag);
      });
      onProgress({ image: image.reference, phase: 'done', detail: image.key });
    }
  } finally {
    await registry.stop();
  }
}

async function fetchAbsent(session: BuildSession, storage: string, buildah: Buildah, registry: string): Promise<void> {
  const { artefacts, absent, fetchDeadlineMs, onProgress } = session;
  const sizes = await remoteBytes(absent);
  for (const image of absent) {
    const { key, reference, repository, tag, remoteUrl } = image;
    const onCame = (came: string) =>
      onProgress({ image: reference, phase: 'fetch', detail: `${came} from ${remoteUrl}` });
    const bytes = sizes.get(reference);
    onCame(cameText(0, bytes));
    const digest = await fetchImage({ image, buildah, registry, deadlineMs: fetchDeadlineMs, bytes, onCame });
    await publish(artefacts, key, async (dir) => {
      await copyImage(storage, dir, repository, tag);
      await writeFile(path.join(dir, digestFile), `${digest}\n`);
    });
    onProgress({ image: reference, phase: 'done', detail: digest });
  }
}

/** The digest that a fetched image has where it came from. */
export async function fetchedDigest(artefact: string): Promise<string> {
  return (await readFile(path.join(artefact, digestFile), 'utf8')).trim();
}

async function buildOne(session: BuildSession, image: PlannedImage, buildah: Buildah): Promise<void> {
  const { work, suite, onProgress } = session;
  const { reference, recipe } = image;
  const context = contextDirectory(work, image);
  await mkdir(context, { recursive: true });
  // Only what the key was made from may get into the image, also when somebody edits files at this moment.
  const dockerfile = path.join(work, `${image.key}.Dockerfile`);
  await writeFile(dockerfile, image.text);
  if (contextKey(await stageContext(image.context, context), sha256File) !== image.filesKey) throw filesChanged(image);
  if (recipe.stage?.kind === 'host-node') {
    const node = path.join(context, recipe.stage.at);
    await copyFile(process.execPath, node, constants.COPYFILE_FICLONE);
    await chmod(node, 0o755);
  } else if (recipe.stage?.kind === 'debian-root') {
    const root = path.join(context, recipe.stage.at);
    const onDetail = (detail: string) => onProgress({ image: reference, phase: 'fetch', detail });
    await makeDebianRoot(root, suite, recipe.stage.packages, onDetail);
  } else if (recipe.stage?.kind === 'node-tree') {
    await makeNodeTree(path.join(context, recipe.stage.at), recipe.stage.npm, process.execPath);
  }
  await buildah.build({ reference, dockerfile, context, shownAs: image.dockerfile }, (line) => {
    if (line.startsWith('STEP ')) onProgress({ image: reference, phase: 'build', detail: line });
  });
  onProgress({ image: reference, phase: 'push', detail: 'into the registry' });
  await buildah.push(reference);
}

async function stagePackages({ repoDir, suite, work, missing, onProgress }: BuildSession): Promise<void> {
  const sets: (PackageSet & { readonly reference: string })[] = [];
  for (const image of missing) {
    if (image.recipe.stage?.kind !== 'debian-packages') continue;
    const { at, packages, without } = image.recipe.stage;
    const root = path.join(contextDirectory(work, image), at);
    await mkdir(root, { recursive: true });
    sets.push({ root, packages, without, reference: image.reference });
  }
  const [first] = sets;
  if (first === undefined) return;
  // They share one download, which the first of them is named for.
  const onDetail = (detail: string) => onProgress({ image: first.reference, phase: 'fetch', detail });
  await unpackDebianPackages({ repoDir, work, suite }, sets, onDetail);
}

function contextDirectory(work: string, image: PlannedImage): string {
  return path.join(work, 'contexts', image.key);
}

function filesChanged(image: PlannedImage): LabError {
  return new LabError({
    code: 'state.files-changed',
    cause: `files that ${image.dockerfile} copies changed while ${image.reference} was being built`,
    next: 'run the command again when they are written (for example when npm run build has ended)',
  });
}
