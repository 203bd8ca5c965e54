import { readFile } from 'node:fs/promises';
import { buildContainerImages } from '../containers/build-container-images.ts';
import type { BuildProgress } from '../containers/build-missing.ts';
import { nodeRecipes } from '../containers/node-recipes.ts';
import { blobFile, readManifest } from '../containers/registry-storage.ts';
import type { ImageName } from '../registry/image-name.ts';
import type { RegistryClient } from '../registry/registry-client.ts';

export interface NodeBaseRequest {
  readonly repoDir: string;
  readonly cacheDir: string;
  readonly suite: string;
  readonly registry: RegistryClient;
  readonly onProgress: (progress: BuildProgress) => void;
}

/** Is it one of those that the lab makes when somebody builds on them? Any version's tag: there is one Node, the lab's. */
export function isNodeBase({ repository }: ImageName): boolean {
  return repository === 'library/node';
}

/**
 * Puts `node` or `node:onbuild`, under the tag that was asked for, into the lab's registry; built first, where no cache has it.
 * @throws LabError as buildContainerImages, `command.registry`
 */
export async function provideNodeBase(name: ImageName, request: NodeBaseRequest): Promise<void> {
  const { registry, ...place } = request;
  const { registryStorage, images } = await buildContainerImages({ ...place, recipes: nodeRecipes });
  const wanted = /onbuild$/.test(name.tag) ? 'onbuild' : 'latest';
  const image = images.find(({ name: repository, tag }) => repository === name.repository && tag === wanted);
  if (image === undefined) throw new Error(`no recipe makes ${name.repository}:${wanted}`);
  const { blobs, mediaType } = await readManifest(registryStorage, image.digest);
  for (const digest of blobs) await registry.upload(name.repository, digest, blobFile(registryStorage, digest));
  const body = await readFile(blobFile(registryStorage, image.digest), 'utf8');
  await registry.tag(name, { digest: image.digest, mediaType, body });
}
