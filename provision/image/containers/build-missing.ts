import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { publish } from '../cache.ts';
import { sha256File } from '../file-digests.ts';
import { startRegistry } from '../registry/registry.ts';
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
  readonly onProgress: (progress: BuildProgress) => void;
}

/** Builds the missing images one after another through a registry of their own; each is kept as soon as it is done. */
export async function buildMissing(session: BuildSession): Promise<void> {
  const { work, artefacts, present, missing, onProgress } = session;
  const storage = path.join(work, 'storage');
  await mkdir(storage);
  for (const { key, recipe } of present) {
    await copyImage(path.join(artefacts, key), storage, recipe.name, recipe.tag);
  }
  await stagePackages(session);
  const logFile = path.join(work, 'registry.log');
  const registry = await startRegistry({ storage, addr: '127.0.0.1:0', logFile, writable: true });
  try {
    const buildah = await prepareBuildah(path.join(work, 'buildah'), registry.addr);
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
