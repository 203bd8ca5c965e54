import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareBuildah } from '#provision/image/containers/buildah.ts';
import { buildOwnImage } from '#provision/image/own/build-own-image.ts';
import { loadArchive } from '#provision/image/own/load-archive.ts';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';
import { type RegistryProcess, startRegistry } from '#provision/image/registry/registry.ts';

const repoDir = join(import.meta.dirname, '../../../../..');
const name = { repository: 'library/mine', tag: 'latest' };
let dir: string;
let registry: RegistryProcess;
let client: RegistryClient;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-own-'));
  mkdirSync(join(dir, 'storage'));
  mkdirSync(join(dir, 'app'));
  writeFileSync(join(dir, 'app/greeting'), 'hello\n');
  registry = await startRegistry({
    storage: join(dir, 'storage'),
    addr: '127.0.0.1:0',
    logFile: join(dir, 'registry.log'),
    writable: true,
    deadlineMs: 60_000,
  });
  client = new RegistryClient(registry.addr);
});
afterAll(async () => {
  await registry.stop();
  rmSync(dir, { recursive: true });
});

const request = () => ({
  repoDir,
  cacheDir: join(dir, 'cache'),
  suite: 'bookworm',
  registry: registry.addr,
  onNote: () => undefined,
});

function build(dockerfile: string, more: { names?: (typeof name)[]; buildArgs?: string[] } = {}) {
  writeFileSync(join(dir, 'app/Dockerfile'), dockerfile);
  const [names, buildArgs] = [more.names ?? [name], more.buildArgs ?? []];
  const quiet = { onLine: () => undefined, onProgress: () => undefined, noCache: false };
  return buildOwnImage({ ...request(), ...quiet, dir: join(dir, 'app'), names, buildArgs });
}

it('builds into the registry, under every name, and stands on what is there', async () => {
  const other = { repository: 'a/other', tag: '2' };
  await build('from scratch\nMAINTAINER me\nCOPY greeting /\n', { names: [name, other] });
  expect(await Promise.all([client.has(name), client.has(other)])).toEqual([true, true]);
  await build('ARG BASE\nFROM mine AS mine\nFROM a/other:2\nCOPY --from=mine /greeting /again\n', {
    names: [{ ...other, tag: '3' }],
  });
  expect((await client.tags('a/other')).sort()).toEqual(['2', '3']);
});

it('names the line of a step that fails, and puts nothing into the registry', async () => {
  const wrong = { repository: 'library/wrong', tag: 'latest' };
  await expect(build('FROM scratch\n\nCOPY greeting /\nCOPY nothing /\n', { names: [wrong] })).rejects.toMatchObject({
    code: 'input.own-dockerfile',
    message: `${dir}/app/Dockerfile:4: step 3 failed: COPY nothing /`,
    evidence: expect.arrayContaining([expect.stringContaining('no such file')]) as string[],
  });
  expect(await client.has(wrong)).toBe(false);
});

it('says what there is in place of a base that is not there', async () => {
  await expect(build('FROM couchbase:7\n')).rejects.toMatchObject({
    code: 'missing.base-image',
    message: expect.stringContaining('Dockerfile:1: FROM couchbase:7') as string,
    evidence: [expect.stringContaining('node:onbuild') as string],
    next: expect.stringContaining('lab image build DIR -t couchbase:7') as string,
  });
});

it('refuses a directory and a Dockerfile that are not there', async () => {
  const none = { ...request(), onLine: () => undefined, onProgress: () => undefined, noCache: false, buildArgs: [] };
  const code = 'missing.image-file';
  await expect(buildOwnImage({ ...none, names: [name], dir: join(dir, 'none') })).rejects.toMatchObject({ code });
  await expect(buildOwnImage({ ...none, names: [name], dir })).rejects.toMatchObject({ code });
});

it('loads archives of docker save and of OCI, and refuses what is none', async () => {
  const layout = join(dir, 'layout');
  mkdirSync(layout);
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [] },
  });
  writeFileSync(join(layout, 'config.json'), config);
  writeFileSync(
    join(layout, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: ['e2e/saved:1'], Layers: [] }]),
  );
  const archive = join(dir, 'saved.tar');
  await execa('tar', ['-cf', archive, '-C', layout, '.']);
  expect(await loadArchive(archive, request())).toEqual([{ repository: 'e2e/saved', tag: '1' }]);
  expect(await client.has({ repository: 'e2e/saved', tag: '1' })).toBe(true);
  expect(await loadArchive(archive, { ...request(), as: name })).toEqual([name]);
  const buildah = await prepareBuildah(join(dir, 'buildah'), registry.addr);
  await buildah.run({ args: ['pull', ...buildah.trust, `${registry.addr}/e2e/saved:1`], purpose: 'pull' });
  const oci = `oci-archive:${join(dir, 'oci.tar')}:e2e/oci:2`;
  await buildah.run({ args: ['push', ...buildah.trust, `${registry.addr}/e2e/saved:1`, oci], purpose: 'push' });
  expect(await loadArchive(join(dir, 'oci.tar'), request())).toEqual([{ repository: 'e2e/oci', tag: '2' }]);
  writeFileSync(join(dir, 'none.tar'), 'no archive');
  await expect(loadArchive(join(dir, 'none.tar'), request())).rejects.toMatchObject({ code: 'input.image-archive' });
  await expect(loadArchive(join(dir, 'gone.tar'), request())).rejects.toMatchObject({ code: 'missing.image-file' });
});
