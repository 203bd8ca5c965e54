import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parse } from '../../host/json-text.ts';
import { startPullThrough } from './pull-through.ts';
import { loginFiles } from './registry-login.ts';
import { askedFor, goArch, type UpstreamImage } from './upstream.ts';

const answerMs = 10_000;
const accept = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

const size = z.object({ size: z.number() });
const manifest = z.object({ config: size, layers: z.array(size) });
const list = z.object({
  manifests: z.array(
    z.object({ digest: z.string(), platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
  ),
});

/**
 * How much there is to fetch of each image, in bytes as they are sent, by reference. Those of which nobody can tell within seconds are left
 * out: a registry that is not reached is said when it is needed. One registry is asked, by a docker-registry of its own, which goes the way
 * through proxies and logins that a fetch goes.
 */
export async function remoteBytes(images: readonly UpstreamImage[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const [first] = images;
  if (first === undefined) return found;
  const dir = await mkdtemp(join(tmpdir(), 'lab-upstream-'));
  const socket = join(dir, 'socket');
  const { remoteUrl } = first;
  const logins = loginFiles(process.env);
  const options = { remoteUrl, storage: join(dir, 'storage'), socket, logFile: join(dir, 'registry.log'), logins };
  try {
    const registry = await startPullThrough({ ...options, deadlineMs: answerMs }).catch(() => undefined);
    if (registry === undefined) return found;
    try {
      for (const image of images) {
        const bytes = await bytesOf(socket, image.image);
        if (bytes !== undefined) found.set(image.reference, bytes);
      }
    } finally {
      await registry.stop();
    }
    return found;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function bytesOf(socket: string, image: string): Promise<number | undefined> {
  const { repository, reference } = askedFor(image);
  const ask = async (which: string) => parse(await body(socket, `/v2/${repository}/manifests/${which}`));
  const answer = await ask(reference);
  const platforms = list.safeParse(answer).data?.manifests;
  const fitting = platforms?.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === goArch(process.arch),
  );
  const { data } = manifest.safeParse(fitting === undefined ? answer : await ask(fitting.digest));
  return data === undefined ? undefined : [data.config, ...data.layers].reduce((sum, part) => sum + part.size, 0);
}

/** Of an answer with status 200. */
async function body(socketPath: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const none = () => resolve(undefined);
    const asking = request(
      { socketPath, path, headers: { accept }, signal: AbortSignal.timeout(answerMs) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.once('error', none);
        response.once('end', () => resolve(response.statusCode === 200 ? text : undefined));
      },
    );
    asking.once('error', none);
    asking.end();
  });
}
