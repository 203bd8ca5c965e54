import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { contentKey } from '../cache.ts';
import { recipeParts } from '../recipe-parts.ts';
import { grubConfig, type IgnitionPlatform } from './grub-config.ts';
import { diskLayout, partitionTable } from './layout.ts';

/** `cloud`: virtio devices only, small. `generic`: every device, for VirtualBox. */
export type Kernel = 'cloud' | 'generic';

/** What an OS image lacks to be a bootable disk. Two equal recipes on one OS image give interchangeable disks. */
export interface DiskRecipe {
  readonly kernel: Kernel;
  readonly platform: IgnitionPlatform;
  /** What the machine sees; the file holds only what is used. */
  readonly sizeGiB: number;
  readonly packages: readonly string[];
  /** Kernel modules of the initramfs. */
  readonly drivers: readonly string[];
  /** Directory with `make-root.sh`, `make-disk.sh` and `files/`. */
  readonly directory: string;
}

const virtio = ['virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_scsi', 'virtio_rng', 'sd_mod', 'ext4', 'qemu_fw_cfg'];
const virtualBox = ['ata_piix', 'ahci', 'e1000', 'vboxguest'];

/**
 * The recipe of this checkout.
 * @throws LabError `unbuilt.disk-architecture` on a host that is not amd64
 */
export function diskRecipe(repoDir: string, kernel: Kernel, arch: string = process.arch): DiskRecipe {
  if (arch !== 'x64') {
    throw new LabError({
      code: 'unbuilt.disk-architecture',
      cause: `disk images and boxes are built on amd64 hosts only; this one is ${arch}`,
      next: 'use the default provider (./lab up), or see "Disk images for arm64" in docs/known-issues.md',
    });
  }
  return {
    kernel,
    platform: kernel === 'cloud' ? 'qemu' : 'virtualbox',
    sizeGiB: 10,
    // dracut before the kernel: it satisfies the kernel's wish for an initramfs maker.
    packages: [
      'udev',
      'kmod',
      'dracut',
      'dracut-network',
      'ignition',
      'zstd',
      'rsync',
      kernel === 'cloud' ? 'linux-image-cloud-amd64' : 'linux-image-amd64',
    ],
    drivers: kernel === 'cloud' ? virtio : [...virtio, ...virtualBox],
    directory: join(repoDir, 'provision/image/disk'),
  };
}

/**
 * Content key of a disk image. Quick (a few ms): reads the recipe's own small files only.
 * @param osKey of the OS image the disk is made from (osImageKey)
 */
export async function diskImageKey(recipe: DiskRecipe, osKey: string): Promise<string> {
  const { kernel, platform, sizeGiB, packages, drivers } = recipe;
  const own = JSON.stringify({ kernel, platform, sizeGiB, packages, drivers });
  const parts = [osKey, own, partitionTable(diskLayout(sizeGiB)), grubConfig(platform)];
  return contentKey([...parts, ...(await recipeParts(recipe.directory))]);
}
