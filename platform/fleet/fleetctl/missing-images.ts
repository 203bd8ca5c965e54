import { LabError } from '#errors/lab-error.ts';
import { pulledImages } from '../client/pulled-images.ts';
import type { UnitOptions } from '../unit/unit-file.ts';

const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');
const askMs = 5_000;

/**
 * Of the images that a unit pulls, those that the registry of its machines lacks.
 * @param registry `address:port` of FLEETCTL_REGISTRY, which the lab sets; without one, or when it does not answer, none is known to be missing
 */
export async function missingImages(options: UnitOptions, registry: string | undefined): Promise<string[]> {
  if (registry === undefined || registry === '') return [];
  const images = pulledImages(options);
  const there = await Promise.all(images.map((image) => hasImage(registry, image)));
  return images.filter((_, index) => there[index] === false);
}

/** The same failure, with what puts the image there as what to do next. Pure. */
export function lacksImage(failure: LabError, image: string): LabError {
  const { code, message, evidence } = failure;
  return new LabError({
    code,
    cause: message,
    evidence: [...evidence, lackLine(image)],
    next: makesImage(image),
    error: failure,
  });
}

/** Pure. */
export function lackLine(image: string): string {
  return `the lab's registry has no image ${image}, and the machines reach no other`;
}

/** The command that makes it. Pure. */
export function makesImage(image: string): string {
  return `lab image build DIR -t ${image}   (DIR has its Dockerfile), or lab image load FILE.tar`;
}

/** Undefined when the registry does not say. Names of one part are of `library`, no tag is latest (Docker Registry HTTP API V2). */
async function hasImage(registry: string, image: string): Promise<boolean | undefined> {
  const [, name = image, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  const first = name.split('/')[0] ?? '';
  // Another registry's, which is not asked here.
  if (name.includes('/') && /[.:]|^localhost$/.test(first)) return undefined;
  const url = `http://${registry}/v2/${name.includes('/') ? name : `library/${name}`}/manifests/${tag}`;
  try {
    const { status } = await fetch(url, {
      method: 'HEAD',
      headers: { accept: manifestTypes },
      signal: AbortSignal.timeout(askMs),
    });
    return status === 404 ? false : status === 200 ? true : undefined;
  } catch {
    return undefined;
  }
}
