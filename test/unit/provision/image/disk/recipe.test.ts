import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskImageKey, diskRecipe } from '#provision/image/disk/recipe.ts';

const repoDir = join(import.meta.dirname, '../../../../..');
let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'lab-recipe-'));
  await cp(join(repoDir, 'provision/image/disk'), copy, { recursive: true, verbatimSymlinks: true });
});
afterEach(() => rm(copy, { recursive: true }));

describe("a disk image's key", () => {
  const recipe = () => ({ ...diskRecipe(repoDir, 'cloud', 'x64'), directory: copy });

  it('is the same for the same recipe in another place', async () => {
    expect(await diskImageKey(recipe(), 'os')).toBe(await diskImageKey(diskRecipe(repoDir, 'cloud', 'x64'), 'os'));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a file laid over the root', () => writeFile(join(copy, 'files/usr/lib/modules-load.d/lab.conf'), 'vxlan\n')],
    ['a new file', () => writeFile(join(copy, 'files/usr/lib/new'), '')],
    ['a script', () => writeFile(join(copy, 'make-root.sh'), '#!/bin/sh\n')],
    ["a file's mode", () => chmod(join(copy, 'files/usr/lib/modules-load.d/lab.conf'), 0o600)],
  ])('changes with %s', async (_, change) => {
    const before = await diskImageKey(recipe(), 'os');
    await change();
    expect(await diskImageKey(recipe(), 'os')).not.toBe(before);
  });

  it('changes with the OS image, the kernel, the size and the platform, not with the code around it', async () => {
    const keys = await Promise.all([
      diskImageKey(recipe(), 'os'),
      diskImageKey(recipe(), 'other os'),
      diskImageKey({ ...recipe(), kernel: 'generic' }, 'os'),
      diskImageKey({ ...recipe(), sizeGiB: 8 }, 'os'),
      diskImageKey({ ...recipe(), platform: 'virtualbox' }, 'os'),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    await writeFile(join(copy, 'recipe.ts'), '// only a comment\n');
    expect(await diskImageKey(recipe(), 'os')).toBe(keys[0]);
  });
});

it('there is no recipe for arm64 yet, and that is said', () => {
  expect(() => diskRecipe(repoDir, 'cloud', 'arm64')).toThrow(
    expect.objectContaining({
      code: 'unbuilt.disk-architecture',
      message: 'disk images and boxes are built on amd64 hosts only; this one is arm64',
    }),
  );
});
