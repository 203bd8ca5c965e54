import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from '../build-lock.ts';
import { exists, publish, removeDebris } from '../cache.ts';
import { runContained } from '../run-contained.ts';
import { ensureDiskImage } from '../disk/build-disk-image.ts';
import { diskRecipe } from '../disk/recipe.ts';
import { ensureOsImage } from '../os/build-os-image.ts';
import { osRecipe } from '../os/recipe.ts';
import { stamped } from './box-stamp.ts';
import { boxFile, boxIdentity } from './box-name.ts';
import type { BoxProvider } from './box-provider.ts';
import { type BoxTexts, libvirtBoxTexts, libvirtDiskName } from './libvirt-box.ts';
import { virtualBoxDiskName, virtualBoxTexts } from './virtualbox-box.ts';

export interface Box {
  readonly key: string;
  /** For `vagrant box add --name`. */
  readonly name: string;
  readonly file: string;
  /** Size of the box file. */
  readonly bytes: number;
  readonly built: boolean;
}

export interface BoxRequest {
  readonly provider: BoxProvider;
  readonly repoDir: string;
  /** Debian suite of the OS image. */
  readonly suite: string;
  readonly cacheDir: string;
  readonly onProgress: (phase: 'OS image' | 'disk' | 'box', detail: string) => void;
}

/**
 * Returns the Vagrant box of this checkout, building OS image, disk and box as far as the cache does not hold them. Needs
 * root and the packages of `requiredPackages` (mmdebstrap) and `diskPackages`.
 * @throws LabError as ensureOsImage and ensureDiskImage do
 */
export async function ensureBox(request: BoxRequest): Promise<Box> {
  const { provider, cacheDir, onProgress } = request;
  const identity = await boxIdentity(request.repoDir, request.suite);
  const { name } = identity;
  const key = identity.keys[provider];
  const boxesDir = join(cacheDir, 'box');
  const file = boxFile(identity, provider, cacheDir);
  const result = async (built: boolean) => ({ key, name, file, bytes: (await stat(file)).size, built });
  if (await exists(file)) return result(false);

  const os = await ensureOsImage(osRecipe(request.repoDir, request.suite), cacheDir, (detail) =>
    onProgress('OS image', detail),
  );
  const recipe = diskRecipe(request.repoDir, provider === 'libvirt' ? 'cloud' : 'generic');
  const disk = await ensureDiskImage(recipe, os, cacheDir, (detail) => onProgress('disk', detail));
  return withBuildLock(
    boxesDir,
    (holder) => onProgress('box', `${holder} is building it; waiting`),
    async () => {
      if (await exists(file)) return result(false);
      await removeDebris(boxesDir);
      await publish(boxesDir, key, async (dir) => {
        onProgress('box', 'pack');
        const packed = await pack[provider](dir, disk.file, recipe.sizeGiB, key);
        await link(packed, join(dir, `${name}-${provider}.box`));
        await rm(join(dir, 'scratch'), { recursive: true });
      });
      return result(true);
    },
  );
}

type Pack = (dir: string, disk: string, sizeGiB: number, key: string) => Promise<string>;

const pack: Readonly<Record<BoxProvider, Pack>> = {
  libvirt: async (dir, disk, sizeGiB, key) =>
    packBox(await scratch(dir), stamped(libvirtBoxTexts(sizeGiB), key), { name: libvirtDiskName, file: disk }),
  virtualbox: async (dir, disk, sizeGiB, key) => {
    const work = await scratch(dir);
    const vmdk = join(work, 'disk.vmdk');
    await runContained({
      program: 'qemu-img',
      args: ['convert', '-f', 'qcow2', '-O', 'vmdk', '-o', 'subformat=streamOptimized', disk, vmdk],
      deadlineMs: 20 * 60_000,
      purpose: 'convert the disk to VMDK',
      next: 'check that the disk of the cache directory is not full, then run the command again',
    });
    return packBox(work, stamped(virtualBoxTexts(sizeGiB), key), { name: virtualBoxDiskName, file: vmdk });
  },
};

async function scratch(dir: string): Promise<string> {
  const work = join(dir, 'scratch');
  await mkdir(work);
  return work;
}

/**
 * Packs a Vagrant box: a gzipped tar file with the box's texts first, then its disk. Gzip's quickest level: the slower ones
 * gain a tenth of the size.
 * @param dir an empty directory on the disk's file system; the disk is linked there, not copied
 * @returns the box file, in `dir`
 * @throws LabError `command.tar`, `host.missing-program`
 */
export async function packBox(dir: string, texts: BoxTexts, disk: { name: string; file: string }): Promise<string> {
  for (const [name, text] of Object.entries(texts)) await writeFile(join(dir, name), text);
  await link(disk.file, join(dir, disk.name));
  const file = join(dir, 'lab.box');
  await runContained({
    program: 'tar',
    args: [
      '--create',
      '--file',
      file,
      '--use-compress-program',
      'pigz -1',
      '--owner=root:0',
      '--group=root:0',
      '--directory',
      dir,
      ...Object.keys(texts),
      disk.name,
    ],
    deadlineMs: 10 * 60_000,
    purpose: 'pack the Vagrant box',
    next: 'check that the disk of the cache directory is not full, then run the command again',
  });
  return file;
}
