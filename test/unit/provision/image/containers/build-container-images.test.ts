import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRegistry } from '#provision/image/registry/registry.ts';
import { buildTinyImages, writeTinyRepository } from './fixtures/tiny-images.ts';

beforeAll(() => {
  const missing = ['buildah', 'docker-registry'].filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0)
    throw new Error(`these tests need: apt-get install --no-install-recommends ${missing.join(' ')}`);
  if (process.getuid?.() !== 0) throw new Error('these tests build images and need root');
});

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-images-'));
  await writeTinyRepository(path.join(dir, 'repo'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const registries = () => path.join(dir, 'cache/registry');
/** Finished storage directories and debris; the lock file always stays. */
const registryEntries = async () => (await readdir(registries())).filter((name) => name !== 'build.lock');

test('builds images that a registry serves with the digests it promised; the second call builds nothing', async () => {
  const { registryStorage, images } = await buildTinyImages(dir);
  expect(await registryEntries()).toEqual([path.basename(registryStorage)]);
  const registry = await startRegistry({
    storage: registryStorage,
    addr: '127.0.0.1:0',
    deadlineMs: 60_000,
    logFile: path.join(dir, 'registry.log'),
  });
  try {
    const fetchBytes = async (what: string) => {
      const accept = 'application/vnd.docker.distribution.manifest.v2+json';
      const response = await fetch(`http://${registry.addr}/v2/library/tiny/${what}`, { headers: { accept } });
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    };
    const manifestBytes = await fetchBytes('manifests/1');
    expect(sha256(manifestBytes)).toBe(images.find((image) => image.name === 'library/tiny')?.digest);
    const manifest = JSON.parse(manifestBytes.toString()) as Manifest;
    expect(manifest.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    const layers = await Promise.all(manifest.layers.map((layer) => fetchBytes(`blobs/${layer.digest}`)));
    expect(layers.map(sha256)).toEqual(manifest.layers.map((layer) => layer.digest));
    const content = layers.map((layer) => gunzipSync(layer).toString('latin1')).join('');
    expect(content).toContain('hello\n');
    expect(content).toContain('app/main');
    expect(content).not.toContain('not-copied');
    const config = await fetchBytes(`blobs/${manifest.config.digest}`);
    expect(JSON.parse(config.toString())).toMatchObject({
      config: { Cmd: ['/app/main'], ExposedPorts: { '80/tcp': {} } },
    });
    const upload = await fetch(`http://${registry.addr}/v2/library/tiny/blobs/uploads/`, { method: 'POST' });
    expect(upload.status).toBe(405);
  } finally {
    await registry.stop();
  }
  const onProgress = vi.fn();
  expect(await buildTinyImages(dir, onProgress)).toEqual({ registryStorage, images });
  expect(onProgress).not.toHaveBeenCalled();
});

interface Manifest {
  readonly mediaType: string;
  readonly config: { digest: string };
  readonly layers: { digest: string }[];
}

test('a changed app is built again on its cached base, beside the registry that others may be serving', async () => {
  const before = await buildTinyImages(dir);
  await writeFile(path.join(dir, 'repo/apps/tiny/dist/main'), 'changed\n');
  const steps: string[] = [];
  const after = await buildTinyImages(dir, ({ image, phase }) => steps.push(`${image} ${phase}`));
  expect(steps).toContain('lab/base:1 cached');
  expect(steps).not.toContain('lab/base:1 build');
  const digest = (images: typeof before, name: string) => images.images.find((image) => image.name === name)?.digest;
  expect(digest(after, 'lab/base')).toBe(digest(before, 'lab/base'));
  expect(digest(after, 'library/tiny')).not.toBe(digest(before, 'library/tiny'));
  expect((await registryEntries()).sort()).toEqual(
    [before, after].map((images) => path.basename(images.registryStorage)).sort(),
  );
});

test('two builds at once: one builds, the other waits and finds it done', async () => {
  const steps: string[] = [];
  const build = () => buildTinyImages(dir, ({ image, phase }) => steps.push(`${image} ${phase}`));
  const [one, other] = await Promise.all([build(), build()]);
  expect(one).toEqual(other);
  expect(steps.filter((step) => step === 'registry wait')).toHaveLength(1);
  expect(steps.filter((step) => step === 'library/tiny:1 push')).toHaveLength(1);
});

describe('a build killed by SIGKILL', () => {
  test.each(['lab/base:1 build', 'library/tiny:1 push'])(
    'at "%s" leaves no half registry and no process',
    async (step) => {
      const program = path.join(import.meta.dirname, 'fixtures/tiny-images.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', program, dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      for await (const line of createInterface({ input: child.stdout })) if (line === step) child.kill('SIGKILL');
      expect(await exited).toEqual([null, 'SIGKILL']);

      await vi.waitFor(async () => expect(await processesNaming(dir)).toEqual([]), 30_000);
      expect((await registryEntries()).filter((name) => !name.startsWith('.building-'))).toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(dir);

      const { registryStorage } = await buildTinyImages(dir);
      expect(await registryEntries()).toEqual([path.basename(registryStorage)]);
    },
  );
});

/** Command lines of processes that work below a directory. */
async function processesNaming(directory: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(directory));
}

test('a Dockerfile that does not build is an error with buildah’s last lines, and nothing is left', async () => {
  await writeFile(path.join(dir, 'repo/apps/tiny/Dockerfile'), 'FROM lab/base:1\nRUN ["/no-such-program"]\n');
  await expect(buildTinyImages(dir)).rejects.toMatchObject({
    code: 'command.buildah',
    message: expect.stringContaining('apps/tiny/Dockerfile') as string,
    evidence: expect.arrayContaining([expect.stringContaining('no-such-program')]) as string[],
  });
  expect(await registryEntries()).toEqual([]);
});
