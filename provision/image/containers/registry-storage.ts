import { copyFile, link, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/*
 * The layout of docker-registry's filesystem driver (distribution, registry/storage/paths.go): content by digest under
 * blobs/, and per repository small `link` files that name digests. Directories of several images can be laid over each other.
 */
const v2 = 'docker/registry/v2';

const descriptor = z.object({ digest: z.string() });
/** What an image manifest names (Docker Image Manifest V2, Schema 2; OCI Image Manifest alike). */
const imageManifest = z.object({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
});

/** An image in a storage directory: its media type, and the digests of its configuration and layers. */
export async function readManifest(
  storage: string,
  digest: string,
): Promise<{ readonly mediaType: string; readonly blobs: readonly string[] }> {
  const text = await readFile(blobFile(storage, digest), 'utf8');
  const { mediaType, config, layers } = imageManifest.parse(JSON.parse(text));
  // OCI's may leave its own out.
  return {
    mediaType: mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
    blobs: [config, ...layers].map((one) => one.digest),
  };
}

/** Where a storage directory has a blob or a manifest. */
export function blobFile(storage: string, digest: string): string {
  return path.join(storage, blob(digest));
}

/**
 * Copies one image (its repository and every blob of its manifest) from one storage directory into another on the same
 * file system. Blobs, which are never written to again, become hard links; link files become copies.
 * @returns the digest of the image's manifest, `sha256:…`
 */
export async function copyImage(from: string, to: string, name: string, tag: string): Promise<string> {
  const repository = path.join(v2, 'repositories', name);
  const tagLink = path.join(from, repository, '_manifests/tags', tag, 'current/link');
  const digest = (await readFile(tagLink, 'utf8')).trim();
  const { blobs } = await readManifest(from, digest);
  for (const file of [digest, ...blobs].map(blob)) {
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await link(path.join(from, file), path.join(to, file)).catch((error: NodeJS.ErrnoException) => {
      // Images share layers.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const file of await readdir(path.join(from, repository), { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const target = path.join(to, path.relative(from, file.parentPath), file.name);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(file.parentPath, file.name), target);
  }
  return digest;
}

/** Names of the repositories in a storage directory, `library/memcached`; none where there is none yet. */
export async function repositoriesBelow(storage: string): Promise<string[]> {
  const root = path.join(storage, v2, 'repositories');
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter(({ name }) => name === '_manifests')
    .map(({ parentPath }) => path.relative(root, parentPath))
    .sort();
}

function blob(digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return path.join(v2, 'blobs', digest.slice(0, digest.indexOf(':')), hex.slice(0, 2), hex, 'data');
}
