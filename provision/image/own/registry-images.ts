import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { readManifest, blobFile } from '../containers/registry-storage.ts';
import { type ImageName, shortName } from '../registry/image-name.ts';
import type { Manifest, RegistryClient } from '../registry/registry-client.ts';

/** An image in the lab's registry. */
export interface RegistryImage extends ImageName {
  /** `mattbailey/ch6-worker:latest` */
  readonly name: string;
  readonly digest: string;
  /** Compressed, as a machine pulls it. */
  readonly bytes: number;
  /** ISO 8601; undefined when the image does not say. */
  readonly created: string | undefined;
  /** The lab's own, a reader's, a reader's in place of the lab's of that name, or none's: pulled through from another registry. */
  readonly whose: 'lab' | 'yours' | 'yours, in place of the lab' | 'pulled through';
  /** Of the lab's: built here, or where it was fetched, its name there, and its digest there. */
  readonly from?: 'built here' | FetchedFrom;
}

export interface FetchedFrom {
  /** `https://HOST:PORT` */
  readonly remoteUrl: string;
  readonly image: string;
  readonly digest: string;
}

const fetchedFrom = z.object({ remoteUrl: z.string(), image: z.string(), digest: z.string() });
const labImages = z.array(
  z.object({ name: z.string(), tag: z.string(), digest: z.string(), from: fetchedFrom.optional() }),
);
const manifestForm = z.object({
  config: z.object({ digest: z.string(), size: z.number() }),
  layers: z.array(z.object({ size: z.number() })),
});
const configForm = z.object({ created: z.string().optional() });

/**
 * Everything that a machine can pull, by name.
 * @param labStorage storage of the lab's own images, below what readers put there
 */
export async function registryImages(registry: RegistryClient, labStorage: string): Promise<RegistryImage[]> {
  const own = await ownOfLab(labStorage);
  const found: RegistryImage[] = [];
  for (const { repository, tag } of await registry.images()) {
    const manifest = await registry.manifest(repository, tag);
    if (manifest === undefined) continue;
    const form = manifestForm.safeParse(JSON.parse(manifest.body));
    const sizes = form.data === undefined ? [] : [form.data.config.size, ...form.data.layers.map(({ size }) => size)];
    const config =
      form.data === undefined ? {} : configForm.parse(await registry.config(repository, form.data.config.digest));
    const labs = own.find((image) => image.name === repository && image.tag === tag);
    const whose = labs === undefined ? 'yours' : labs.digest === manifest.digest ? 'lab' : 'yours, in place of the lab';
    found.push({
      repository,
      tag,
      name: shortName({ repository, tag }),
      digest: manifest.digest,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      created: config.created,
      whose,
      ...(whose === 'lab' ? { from: labs?.from ?? 'built here' } : {}),
    });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Takes a reader's image out of the registry; the lab's of that name, where there is one, is back in its place. Layers stay on the disk until
 * the lab is destroyed: the registry frees none while it runs.
 * @returns whether the lab's is back
 * @throws LabError `missing.image`, `state.image-of-lab`, `command.registry`
 */
export async function removeImage(name: ImageName, registry: RegistryClient, labStorage: string): Promise<boolean> {
  const { repository, tag } = name;
  // Asked for its manifest, it would pull a name through that it lacks.
  const isThere = (await registry.tags(repository)).includes(tag);
  const manifest = isThere ? await registry.manifest(repository, tag) : undefined;
  if (manifest === undefined) throw await noImage(name, registry);
  const labs = (await ownOfLab(labStorage)).find((image) => image.name === repository && image.tag === tag);
  if (labs?.digest === manifest.digest) {
    throw new LabError({
      code: 'state.image-of-lab',
      cause: `${shortName(name)} is the lab's own: units of the book need it`,
      next: 'lab image list   (says which are yours)',
    });
  }
  // A manifest is removed with every tag that names it: the others get it again.
  const others = await otherTagsOf(registry, name, manifest);
  await registry.remove(repository, manifest.digest);
  for (const other of others) await registry.tag({ repository, tag: other }, manifest);
  if (labs === undefined) return false;
  const { mediaType } = await readManifest(labStorage, labs.digest);
  const body = await readFile(blobFile(labStorage, labs.digest), 'utf8');
  await registry.tag(name, { digest: labs.digest, mediaType, body });
  return true;
}

async function otherTagsOf(
  registry: RegistryClient,
  { repository, tag }: ImageName,
  { digest }: Manifest,
): Promise<string[]> {
  const others: string[] = [];
  for (const other of await registry.tags(repository)) {
    if (other !== tag && (await registry.manifest(repository, other))?.digest === digest) others.push(other);
  }
  return others;
}

async function noImage(name: ImageName, registry: RegistryClient): Promise<LabError> {
  const names = (await registry.images()).map((one) => shortName(one));
  return new LabError({
    code: 'missing.image',
    cause: `the lab's registry has no image ${shortName(name)}${didYouMean(shortName(name), names)}`,
    next: 'lab image list',
  });
}

async function ownOfLab(labStorage: string): Promise<z.output<typeof labImages>> {
  return labImages.parse(JSON.parse(await readFile(join(labStorage, 'images.json'), 'utf8')));
}
