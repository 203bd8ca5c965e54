import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { type ImageName, readImageName } from '../registry/image-name.ts';
import { type PlaceRequest, withBuildPlace } from './build-place.ts';

/** One image of an archive, and where buildah finds it. */
export interface ArchivedImage {
  /** As its archive calls it; undefined when it has no name there. */
  readonly called: string | undefined;
  /** `docker-archive:FILE:NAME`, containers-transports(5) */
  readonly source: string;
}

const dockerManifest = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }));
const ociIndex = z.object({
  manifests: z.array(z.object({ annotations: z.record(z.string(), z.string()).optional() })),
});
const listLimitMs = 10 * 60_000;

/**
 * Puts the images of an archive (of `docker save`, or an OCI image layout as a tar) into the lab's registry.
 * @param as name for the image, where the archive has one only
 * @returns their names there
 * @throws LabError `missing.image-file`, `input.image-archive`, `usage.image-name`, `host.space`, `command.buildah`
 */
export async function loadArchive(
  file: string,
  request: PlaceRequest & { readonly as?: ImageName },
): Promise<ImageName[]> {
  const path = resolve(file);
  if (!existsSync(path)) {
    const next = 'docker save NAME >FILE.tar where the image is, then: lab image load FILE.tar';
    throw new LabError({ code: 'missing.image-file', cause: `there is no file ${path}`, next });
  }
  const images = await imagesIn(path);
  const loads = images.map((image) => ({ image, name: nameFor(image, images.length, request) }));
  await withBuildPlace(request, async ({ buildah }) => {
    for (const { image, name } of loads) {
      const reference = `${name.repository}:${name.tag}`;
      const args = ['pull', '--quiet', ...buildah.trust, image.source];
      const purpose = `read ${reference} from ${path}`;
      const next = 'tar -tf FILE shows whether it is whole; write it again with docker save';
      const id = (await buildah.run({ args, purpose, next })).at(-1);
      if (id === undefined)
        throw new LabError({ code: 'command.buildah', cause: `${purpose}: no image came of it`, next });
      await buildah.run({ args: ['tag', id, `${request.registry}/${reference}`], purpose: `name it ${reference}` });
      await buildah.push(reference);
    }
  });
  return loads.map(({ name }) => name);
}

function nameFor(
  { called }: ArchivedImage,
  count: number,
  { registry, as }: { registry: string; as?: ImageName },
): ImageName {
  if (as !== undefined && count === 1) return as;
  if (as !== undefined)
    throw new LabError({
      code: 'usage.image-name',
      cause: `one name cannot be that of ${count} images`,
      next: 'leave -t out: they keep the names they have in the archive',
    });
  if (called === undefined)
    throw new LabError({
      code: 'input.image-archive',
      cause: 'the archive has an image without a name',
      next: 'name it: lab image load FILE.tar -t mattbailey/ch6-worker',
    });
  return readImageName(called, registry);
}

/** @throws LabError `input.image-archive` */
async function imagesIn(file: string): Promise<ArchivedImage[]> {
  const docker = dockerManifest.safeParse(await jsonIn(file, 'manifest.json'));
  if (docker.success) {
    return docker.data.flatMap(({ RepoTags: tags }, index): ArchivedImage[] =>
      tags === null || tags === undefined || tags.length === 0
        ? [{ called: undefined, source: `docker-archive:${file}:@${index}` }]
        : tags.map((tag) => ({ called: tag, source: `docker-archive:${file}:${tag}` })),
    );
  }
  const oci = ociIndex.safeParse(await jsonIn(file, 'index.json'));
  if (!oci.success || oci.data.manifests.length === 0) {
    throw new LabError({
      code: 'input.image-archive',
      cause: `${file} is no archive of images: it has neither manifest.json (docker save) nor index.json (OCI)`,
      next: 'docker save NAME >FILE.tar where the image is, then: lab image load FILE.tar',
    });
  }
  return oci.data.manifests.map(({ annotations = {} }) => {
    const called = annotations['org.opencontainers.image.ref.name'];
    return { called, source: `oci-archive:${file}${called === undefined ? '' : `:${called}`}` };
  });
}

/** A member of a tar, compressed or not; undefined when it is not there or no JSON. */
async function jsonIn(file: string, member: string): Promise<unknown> {
  // GNU tar knows by itself how a file is compressed.
  const options = { reject: false, timeout: listLimitMs, stdin: 'ignore', maxBuffer: 10e6 } as const;
  const read = await execa('tar', ['-xOf', file, '--occurrence', member], options);
  const again = read.failed ? await execa('tar', ['-xOf', file, '--occurrence', `./${member}`], options) : read;
  try {
    return JSON.parse(again.stdout) as unknown;
  } catch {
    return undefined;
  }
}
