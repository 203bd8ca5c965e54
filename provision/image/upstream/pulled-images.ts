import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { blobFile, repositoriesBelow } from '../containers/registry-storage.ts';
import { parse } from '../../host/json-text.ts';
import { readText } from '../../host/read-text.ts';
import { shortName } from '../registry/image-name.ts';
import type { RegistryImage } from '../own/registry-images.ts';

const part = z.object({ digest: z.string(), size: z.number() });
const manifestForm = z.object({ config: part, layers: z.array(part) });
const listForm = z.object({ manifests: z.array(z.object({ digest: z.string() })) });

/**
 * What machines pulled through one registry and is kept, by name: what docker-registry has in its storage. Nobody is asked.
 * @param storage SupervisorSpec.upstream.storage
 */
export async function pulledImages(remoteUrl: string, storage: string): Promise<RegistryImage[]> {
  const found: RegistryImage[] = [];
  for (const repository of await repositoriesBelow(storage)) {
    const tags = join(storage, 'docker/registry/v2/repositories', repository, '_manifests/tags');
    for (const tag of await readdir(tags).catch(() => [])) {
      const digest = (await readText(join(tags, tag, 'current/link')))?.trim();
      if (digest === undefined) continue;
      const { bytes, created } = await imageAt(storage, digest);
      const image = `${repository}:${tag}`;
      const from = { remoteUrl, image, digest };
      found.push({
        repository,
        tag,
        name: shortName({ repository, tag }),
        digest,
        bytes,
        created,
        whose: 'pulled through',
        from,
      });
    }
  }
  return found;
}

/** Of the image, or of those of a list that a machine pulled, as far as it is kept. */
async function imageAt(storage: string, digest: string): Promise<{ bytes: number; created: string | undefined }> {
  const json = async (blob: string) => parse(await readText(blobFile(storage, blob)));
  const value = await json(digest);
  const list = listForm.safeParse(value).data;
  if (list !== undefined) {
    for (const one of list.manifests) {
      const image = await imageAt(storage, one.digest);
      if (image.bytes > 0) return image;
    }
  }
  const { data } = manifestForm.safeParse(value);
  if (data === undefined) return { bytes: 0, created: undefined };
  const { created } = z
    .object({ created: z.string().optional() })
    .catch({})
    .parse(await json(data.config.digest));
  return { bytes: [data.config, ...data.layers].reduce((sum, { size }) => sum + size, 0), created };
}
