import { join } from 'node:path';
import { contentKey } from '../cache.ts';
import { imageName, type ImageName } from '../registry/image-name.ts';

/** Images that are not built here, as lab.toml's `[images]` has them (ImageConfig). */
export interface Upstream {
  /** `https://HOST:PORT` */
  readonly remoteUrl: string;
  /** The lab's name without tag, `couchbase`, and the image's name there, `library/couchbase:community-4.0.0`. */
  readonly images: Readonly<Record<string, string>>;
}

/** An image of the lab that is fetched. */
export interface UpstreamImage extends ImageName {
  /** Name and tag in the lab's registry, `library/couchbase:community-4.0.0`. */
  readonly reference: string;
  /** Where it comes from: `https://HOST:PORT`, and its name there. */
  readonly remoteUrl: string;
  readonly image: string;
  /** Of its place in the cache. A tag that is moved there does not change it: what was fetched stays, as with Docker's pull. */
  readonly key: string;
}

/** Raise it when the way images are fetched changes what is in them. */
const fetchVersion = '1';

/**
 * Parts a list of the lab's images in those that are built and those that are fetched. Pure.
 * @param arch of the machines, as Node names it
 */
export function partUpstream<T extends { readonly name: string; readonly tag: string }>(
  recipes: readonly T[],
  upstream: Upstream | undefined,
  arch: string,
): { readonly built: readonly T[]; readonly fetched: readonly UpstreamImage[] } {
  const imageOf = ({ name }: T) => (name.startsWith('library/') ? upstream?.images[name.slice(8)] : undefined);
  const fetched = recipes.flatMap((recipe): UpstreamImage[] => {
    const image = imageOf(recipe);
    if (upstream === undefined || image === undefined) return [];
    const { name: repository, tag } = recipe;
    const reference = `${repository}:${tag}`;
    const { remoteUrl } = upstream;
    const key = contentKey(['upstream', fetchVersion, remoteUrl, image, goArch(arch), reference]);
    return [{ repository, tag, reference, remoteUrl, image, key }];
  });
  return { built: recipes.filter((recipe) => imageOf(recipe) === undefined), fetched };
}

/** What machines pull through one registry is kept here. Pure. */
export function pullThroughStorage(cacheDir: string, remoteUrl: string): string {
  return join(cacheDir, 'pull-through', contentKey([remoteUrl]));
}

/** As registries name a CPU (Go's GOARCH), by Node's word. Pure. */
export function goArch(arch: string): string {
  return arch === 'x64' ? 'amd64' : arch;
}

/** Where buildah finds it: `HOST:PORT/library/couchbase:community-4.0.0`. Pure. */
export function placeOf({ remoteUrl, image }: Pick<UpstreamImage, 'remoteUrl' | 'image'>): string {
  return `${new URL(remoteUrl).host}/${image}`;
}

/** Its repository there, and tag or digest. Pure. */
export function askedFor(image: string): { readonly repository: string; readonly reference: string } {
  const [repository = image, digest] = image.split('@');
  if (digest !== undefined) return { repository, reference: digest };
  const { repository: name, tag } = imageName(image);
  return { repository: name, reference: tag };
}
