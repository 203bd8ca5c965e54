import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalog, type ImageRecipe } from '#provision/image/containers/catalog.ts';
import { sha256File } from '#provision/image/file-digests.ts';
import { planImages } from '#provision/image/containers/plan-images.ts';

let repo = '';
beforeEach(async () => {
  repo = await mkdtemp(path.join(tmpdir(), 'lab-plan-'));
  await file('apps/base/Dockerfile', 'FROM scratch\nCOPY rootfs/ /\n');
  await file('apps/app/Dockerfile', 'FROM lab/base:1\nCOPY dist/*.cjs /app/\n');
  await file('apps/app/dist/main.cjs', 'main');
  await file('apps/app/dist/main.cjs.map', 'map');
  await file('apps/app/src/main.ts', 'source');
  await file('apps/other/Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
});
afterEach(async () => {
  await rm(repo, { recursive: true });
});

async function file(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(repo, name)), { recursive: true });
  await writeFile(path.join(repo, name), text);
}

const stage = { kind: 'debian-packages', at: 'rootfs', packages: ['libc6'], without: [] } as const;
const recipes: ImageRecipe[] = [
  { name: 'lab/app', tag: '1', folder: 'apps/app' },
  { name: 'lab/base', tag: '1', folder: 'apps/base', stage },
  { name: 'lab/other', tag: '1', folder: 'apps/other' },
];
const host = { nodeVersion: 'v20.1.0', arch: 'x64', suite: 'bookworm' };

async function keys(changed: Partial<typeof host> = {}, from = recipes): Promise<Record<string, string>> {
  const plan = await planImages(repo, from, { ...host, ...changed }, sha256File);
  return Object.fromEntries(plan.map((image) => [image.recipe.name, image.key]));
}

/** Names of the images whose key `change` changes. */
async function changedBy(change: () => Promise<unknown>): Promise<string[]> {
  const before = await keys();
  await change();
  const after = await keys();
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

test('bases come before what stands on them, and only copied files are in the context', async () => {
  const plan = await planImages(repo, recipes, host, sha256File);
  expect(plan.map((image) => image.reference)).toEqual(['lab/base:1', 'lab/app:1', 'lab/other:1']);
  expect(plan[1]?.context.map((entry) => entry.path)).toEqual(['dist/main.cjs']);
});

describe('a key changes', () => {
  test('with a copied file, for that image only', async () => {
    expect(await changedBy(() => file('apps/app/dist/main.cjs', 'Main'))).toEqual(['lab/app']);
  });
  test('with the name of a copied file and with a new one', async () => {
    expect(await changedBy(() => file('apps/app/dist/cli.cjs', ''))).toEqual(['lab/app']);
  });
  test('with the executable bit', async () => {
    expect(await changedBy(() => chmod(path.join(repo, 'apps/app/dist/main.cjs'), 0o755))).toEqual(['lab/app']);
  });
  test('with a base, for everything that stands on it', async () => {
    expect(await changedBy(() => file('apps/base/Dockerfile', 'FROM scratch\nCOPY rootfs/ /\nUSER 1\n'))).toEqual([
      'lab/base',
      'lab/app',
    ]);
  });
  test('with the Debian suite and the packages, for what holds packages', async () => {
    const before = await keys();
    const trixie = await keys({ suite: 'trixie' });
    expect(trixie['lab/base']).not.toBe(before['lab/base']);
    expect(trixie['lab/other']).toBe(before['lab/other']);
    const more = recipes.map((recipe) => ({
      ...recipe,
      ...(recipe.stage ? { stage: { ...stage, packages: ['libc6', 'libx'] } } : {}),
    }));
    expect((await keys({}, more))['lab/base']).not.toBe(before['lab/base']);
  });
  test('with the Node version, for what holds the host’s Node', async () => {
    const node: ImageRecipe[] = [
      { name: 'lab/n', tag: '1', folder: 'apps/other', stage: { kind: 'host-node', at: 'node' } },
    ];
    expect(await keys({}, node)).not.toEqual(await keys({ nodeVersion: 'v20.2.0' }, node));
  });
});

test('a key does not change with times or with files that are not copied', async () => {
  expect(await changedBy(() => utimes(path.join(repo, 'apps/app/dist/main.cjs'), 1, 1))).toEqual([]);
  expect(await changedBy(() => file('apps/app/src/main.ts', 'changed'))).toEqual([]);
  expect(await changedBy(() => file('apps/app/dist/main.cjs.map', 'changed'))).toEqual([]);
});

test('an app that is not built is an error that names the line and the build command', async () => {
  await rm(path.join(repo, 'apps/app/dist'), { recursive: true });
  await expect(keys()).rejects.toMatchObject({
    code: 'state.not-built',
    message: expect.stringContaining('apps/app/Dockerfile:2') as string,
    next: expect.stringContaining('npm run build') as string,
  });
});

test.each([
  ['a base that the lab does not build', 'FROM alpine:3\n', 'apps/app/Dockerfile:1: FROM alpine:3'],
  ['an image on top of itself', 'FROM lab/app:1\n', 'apps/app/Dockerfile:1: lab/app:1 stands on itself'],
  ['a file that is not there', 'FROM lab/base:1\nCOPY nothing /\n', 'apps/app/Dockerfile:2 copies nothing'],
])('refuses %s', async (_, dockerfile, cause) => {
  await file('apps/app/Dockerfile', dockerfile);
  await expect(keys()).rejects.toMatchObject({
    code: 'input.dockerfile',
    message: expect.stringContaining(cause) as string,
  });
});

test('a recipe without its Dockerfile is an error that names it', async () => {
  await rm(path.join(repo, 'apps/other/Dockerfile'));
  await expect(keys()).rejects.toMatchObject({
    message: expect.stringContaining('apps/other/Dockerfile is missing') as string,
  });
});

test('the catalog holds what the chapter pulls', () => {
  const names = catalog.map((recipe) => `${recipe.name}:${recipe.tag}`);
  expect(names).toEqual(
    expect.arrayContaining([
      'library/memcached:1',
      'library/couchbase:community-4.0.0',
      'mattbailey/ch6-worker:latest',
      'mattbailey/ch6-web:latest',
    ]),
  );
});
