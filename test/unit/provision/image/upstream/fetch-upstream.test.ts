import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuildRequest, buildContainerImages } from '#provision/image/containers/build-container-images.ts';
import { blobFile, readManifest } from '#provision/image/containers/registry-storage.ts';
import { goArch, partUpstream } from '#provision/image/upstream/upstream.ts';
import { remoteBytes } from '#provision/image/upstream/remote-bytes.ts';
import { listening, UpstreamRegistry, withPassword } from '#test/support/upstream-registry.ts';
import { tinyRecipes, writeTinyRepository } from '../containers/fixtures/tiny-images.ts';

beforeAll(() => {
  const missing = ['buildah', 'docker-registry'].filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0)
    throw new Error(`these tests need: apt-get install --no-install-recommends ${missing.join(' ')}`);
  if (process.getuid?.() !== 0) throw new Error('these tests build images and need root');
});

let dir = '';
let upstream: UpstreamRegistry;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-upstream-'));
  await writeTinyRepository(join(dir, 'repo'));
  upstream = await UpstreamRegistry.start(join(dir, 'upstream'));
});
afterEach(async () => {
  await upstream.stop();
  await rm(dir, { recursive: true });
});

const arch = goArch(process.arch);
const otherArch = arch === 'arm64' ? 'amd64' : 'arm64';
const real = { repository: 'library/real', tag: '2' };

/** `library/tiny:1` of the lab from upstream; `lab/base:1`, which nobody else has, is built. */
async function fetchTiny(more: Partial<BuildRequest> = {}, steps: string[] = []) {
  return buildContainerImages({
    repoDir: join(dir, 'repo'),
    cacheDir: join(dir, 'cache'),
    suite: 'bookworm',
    recipes: tinyRecipes,
    upstream: { remoteUrl: upstream.url, images: { tiny: 'library/real:2' } },
    onProgress: ({ image, phase, detail }) => steps.push(`${image} ${phase} ${detail}`),
    ...more,
  });
}

/** What a machine that pulls it gets: one gzipped layer, as Docker's schema 2 has it. */
async function greetingOf({ registryStorage, images }: Awaited<ReturnType<typeof fetchTiny>>): Promise<string> {
  const digest = images.find(({ name }) => name === 'library/tiny')?.digest ?? '';
  const { mediaType, blobs } = await readManifest(registryStorage, digest);
  expect(mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
  const layer = gunzipSync(await readFile(blobFile(registryStorage, blobs[1] ?? ''))).toString('latin1');
  return /hello from [\w ]+/.exec(layer)?.[0] ?? 'none';
}

const finished = async () =>
  (await readdir(join(dir, 'cache/registry')).catch(() => [])).filter((name) => name !== 'build.lock');

describe('an image from upstream', () => {
  it.each(['docker', 'oci'] as const)('of form %s, of one CPU and of several, has the lab’s name', async (form) => {
    const mine = await upstream.put(real, { form, arch, greeting: `hello from ${form}` });
    const single = await fetchTiny();
    expect(await greetingOf(single)).toBe(`hello from ${form}`);
    expect(single.images).toEqual([
      expect.not.objectContaining({ from: expect.anything() as unknown }),
      expect.objectContaining({
        name: 'library/tiny',
        tag: '1',
        from: { remoteUrl: upstream.url, image: 'library/real:2', digest: mine.digest },
      }),
    ]);

    const several = { repository: 'acme/real', tag: 'many' };
    const other = await upstream.put(several, { form, arch: otherArch, greeting: 'hello from elsewhere' });
    const own = await upstream.put(several, { form, arch, greeting: 'hello from a list' });
    await upstream.putList(several, form, [
      { arch: otherArch, ...other },
      { arch, ...own },
    ]);
    const images = { tiny: 'acme/real:many' };
    const asked = partUpstream(tinyRecipes, { remoteUrl: upstream.url, images }, process.arch).fetched;
    expect((await remoteBytes(asked)).get('library/tiny:1')).toBeGreaterThan(100);
    const listed = await fetchTiny({ upstream: { remoteUrl: upstream.url, images } });
    expect(await greetingOf(listed)).toBe('hello from a list');
    expect(listed.images[1]?.from?.digest).toBe(own.digest);
    expect(listed.registryStorage).not.toBe(single.registryStorage);
  });

  it('is fetched once: what is there is taken without the network, beside a lab that builds all', async () => {
    const { digest } = await upstream.put(real, { arch, greeting: 'hello from before' });
    const steps: string[] = [];
    const first = await fetchTiny({}, steps);
    expect(steps).toContain(`library/tiny:1 fetch 0 of 1 MB from ${upstream.url}`);
    expect(steps).toContain(`library/tiny:1 done ${digest}`);
    const { url } = upstream;
    await upstream.stop();
    const again = await fetchTiny();
    expect(again).toEqual(first);
    const built = await fetchTiny({ upstream: undefined });
    expect(built.images.map(({ from }) => from)).toEqual([undefined, undefined]);
    expect(url).toBe(first.images[1]?.from?.remoteUrl);
  });
});

describe('what does not come leaves nothing half done, and the next command goes on', () => {
  const refusal = async (more: Partial<BuildRequest> = {}) => {
    const error: unknown = await fetchTiny(more).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(await finished()).toEqual([]);
    return error;
  };
  const from = (url: string) => ({ upstream: { remoteUrl: url, images: { tiny: 'library/real:2' } } });

  it('an image that is not there: 68, then it is', async () => {
    expect(await refusal()).toMatchObject({
      code: 'missing.upstream-image',
      exitCode: 68,
      message: expect.stringContaining(`tiny:1 cannot be fetched (library/real:2 from ${upstream.url})`) as string,
      next: expect.stringContaining('[images.tiny] of lab.toml') as string,
    });
    await upstream.put(real, { arch, greeting: 'hello from later' });
    expect(await greetingOf(await fetchTiny())).toBe('hello from later');
  });

  it('for another CPU: 67, whether alone or in a list', async () => {
    const other = await upstream.put(real, { arch: otherArch, greeting: 'hello' });
    const wrong = { code: 'input.upstream-image', exitCode: 67 };
    const alone = `it is for linux/${otherArch}, and the machines are linux/${arch}`;
    expect(await refusal()).toMatchObject({ ...wrong, message: expect.stringContaining(alone) as string });
    await upstream.putList(real, 'docker', [{ arch: otherArch, ...other }]);
    const listed = `it has no image for architecture ${arch}`;
    expect(await refusal()).toMatchObject({ ...wrong, message: expect.stringContaining(listed) as string });
  });

  it('damaged, by its digest or as a tar: 67, then whole', async () => {
    const { layer } = await upstream.put(real, { arch, greeting: 'hello' });
    await upstream.damage(layer);
    expect(await refusal()).toMatchObject({
      code: 'input.upstream-image',
      exitCode: 67,
      message: expect.stringContaining('not what its digest says') as string,
      evidence: expect.arrayContaining([expect.stringContaining(layer)]) as string[],
    });
    await upstream.put(real, { arch, greeting: '', tar: Buffer.alloc(2048, 'no tar ') });
    expect(await refusal()).toMatchObject({
      code: 'input.upstream-image',
      message: expect.stringContaining('cannot be unpacked') as string,
    });
    await upstream.put(real, { arch, greeting: 'hello from one that is whole' });
    expect(await greetingOf(await fetchTiny())).toBe('hello from one that is whole');
  });

  it('behind a password: 77', async () => {
    await upstream.put(real, { arch, greeting: 'hello' });
    const { server, url } = await withPassword(upstream);
    try {
      expect(await refusal(from(url))).toMatchObject({
        code: 'permission.upstream',
        exitCode: 77,
        next: expect.stringContaining(`buildah login ${new URL(url).host}`) as string,
      });
    } finally {
      server.close();
    }
  });

  it('where nobody listens: 69; where nobody answers: 75, with what came', async () => {
    const { url } = upstream;
    await upstream.stop();
    expect(await refusal(from(url))).toMatchObject({ code: 'host.upstream', exitCode: 69 });
    const silent = createServer(() => undefined);
    try {
      const error = await refusal({ ...from(await listening(silent)), fetchDeadlineMs: 3_000 });
      expect(error).toMatchObject({ code: 'timeout.upstream-image', exitCode: 75 });
      expect(error).toMatchObject({ evidence: expect.arrayContaining(['came: 0 MB']) as string[] });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
