import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { Buildah } from '../containers/buildah.ts';
import { fetchFailure, fetchTimeout, wrongPlatform } from './fetch-failure.ts';
import { goArch, placeOf, type UpstreamImage } from './upstream.ts';

export interface FetchRequest {
  readonly image: UpstreamImage;
  readonly buildah: Buildah;
  /** `address:port` of the registry that receives it. */
  readonly registry: string;
  readonly deadlineMs: number;
  /** Of the whole image, as it is sent; undefined: nobody knows. */
  readonly bytes: number | undefined;
  /** `12 of 70 MB` */
  readonly onCame: (came: string) => void;
}

const lookEveryMs = 500;

/**
 * Fetches an image, unpacks it, and pushes it to a registry as a schema 2 image with gzipped layers, which any Docker engine reads: whatever
 * its form was (a list, OCI, schema 1, zstd), a layer that is damaged is found here and not on a machine.
 * buildah goes by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, SSL_CERT_FILE, /etc/containers/certs.d and the files of `docker login`.
 * @returns the digest of its manifest there, `sha256:…`
 * @throws LabError `host.upstream`, `host.space`, `missing.upstream-image`, `permission.upstream`, `input.upstream-image`,
 *   `timeout.upstream-image`, `command.buildah`
 */
export async function fetchImage(request: FetchRequest): Promise<string> {
  const { image, buildah, registry } = request;
  const id = await pull(request);
  const format = '{{.FromImageDigest}} {{.OCIv1.OS}}/{{.OCIv1.Architecture}}';
  const inspect = ['inspect', '--type', 'image', '--format', format, id];
  const purpose = `look at ${image.reference}`;
  const said = (await buildah.run({ args: inspect, purpose })).join('\n');
  const [, digest, platform] = /(sha256:[0-9a-f]{64}) (\S+)/.exec(said) ?? [];
  const wants = `linux/${goArch(process.arch)}`;
  if (digest === undefined || platform === undefined) throw fetchFailure(image, [`Error: no digest in: ${said}`]);
  // What says nothing of it was made before there was another.
  if (platform !== wants && platform !== '/') throw wrongPlatform(image, platform, wants);
  const name = `${registry}/${image.reference}`;
  await buildah.run({ args: ['tag', id, name], purpose: `name it ${image.reference}` });
  await buildah.push(image.reference, 'docker').catch((error: unknown) => {
    throw error instanceof LabError ? fetchFailure(image, error.evidence, error) : error;
  });
  return digest;
}

async function pull({ image, buildah, deadlineMs, bytes, onCame }: FetchRequest): Promise<string> {
  const verify = `--tls-verify=${image.remoteUrl.startsWith('https:')}`;
  const platform = ['--os', 'linux', '--arch', goArch(process.arch)];
  const args = ['pull', ...platform, verify, ...buildah.signatures, `docker://${placeOf(image)}`];
  let came = cameText(0, bytes);
  const look = async () => {
    const now = cameText(await bytesBelow(buildah.incoming), bytes);
    if (now !== came) onCame((came = now));
  };
  const looking = setInterval(() => void look(), lookEveryMs);
  const began = performance.now();
  try {
    const lines = await buildah.run({ args, deadlineMs, purpose: `fetch ${image.reference}` });
    const id = lines.findLast((line) => /^[0-9a-f]{64}$/.test(line));
    if (id === undefined) throw fetchFailure(image, lines.slice(-20));
    return id;
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'command.buildah') throw error;
    const isLate = performance.now() - began >= deadlineMs;
    throw isLate
      ? fetchTimeout(image, { seconds: statedSeconds(deadlineMs), came }, error.evidence)
      : fetchFailure(image, error.evidence, error);
  } finally {
    clearInterval(looking);
  }
}

/** `12 of 70 MB`, or `12 MB` where nobody knows of how many. Pure. */
export function cameText(came: number, whole: number | undefined): string {
  const megabytes = (size: number) => String(Math.round(size / 1e6));
  return whole === undefined
    ? `${megabytes(came)} MB`
    : `${megabytes(Math.min(came, whole))} of ${Math.ceil(whole / 1e6)} MB`;
}

/** What is gone while it is looked at counts nothing. */
async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
