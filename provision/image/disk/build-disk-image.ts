import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { withBuildLock } from '../build-lock.ts';
import { exists, publish, removeDebris } from '../cache.ts';
import { runContained } from '../run-contained.ts';
import type { OsImage } from '../os/build-os-image.ts';
import { writeAptConfig } from './apt-config.ts';
import { bootSectors } from './boot-sectors.ts';
import { grubConfig, grubModules, grubPrefix } from './grub-config.ts';
import { diskLayout, partitionTable, sectorBytes } from './layout.ts';
import { codenameOf, suiteAptSources } from '../suite-sources.ts';
import { diskImageKey, type DiskRecipe } from './recipe.ts';

export interface DiskImage {
  readonly key: string;
  /** qcow2, not compressed. Read-only by convention: the backing file of machines' disks. */
  readonly file: string;
  /** Size of the file, bytes. */
  readonly bytes: number;
  readonly built: boolean;
}

const deadlineMs = 20 * 60_000;
const next = 'look at the lines above; when apt failed: apt-get update, then run the command again';

/**
 * Returns the bootable disk of an OS image, building it when the cache does not hold it. It boots by BIOS and runs
 * Ignition on its first boot. Appears by one rename; an interrupted build leaves nothing half made. Needs root and the
 * packages of `diskPackages`.
 * @param onProgress called with a line for each step
 * @throws LabError `command.*` with its last output lines, `host.missing-program`, `host.apt-sources`, `timeout.build-lock`,
 *   `state.os-image`
 */
export async function ensureDiskImage(
  recipe: DiskRecipe,
  osImage: OsImage,
  cacheDir: string,
  onProgress: (detail: string) => void,
): Promise<DiskImage> {
  const key = await diskImageKey(recipe, osImage.key);
  const imagesDir = join(cacheDir, 'disk-image');
  const file = join(imagesDir, key, 'disk.qcow2');
  const result = async (built: boolean) => ({ key, file, bytes: (await stat(file)).size, built });
  if (await exists(file)) return result(false);
  return withBuildLock(
    imagesDir,
    (holder) => onProgress(`${holder} is building it; waiting`),
    async () => {
      if (await exists(file)) return result(false);
      await removeDebris(imagesDir);
      await publish(imagesDir, key, (dir) => build(recipe, osImage.rootDir, dir, onProgress));
      return result(true);
    },
  );
}

async function build(recipe: DiskRecipe, base: string, dir: string, onProgress: (detail: string) => void) {
  const scratch = join(dir, 'scratch');
  const at = (name: string) => join(scratch, name);
  await mkdir(scratch);
  const onLine = (line: string) => {
    if (line.startsWith('step: ')) onProgress(line.slice(6));
  };
  await runContained({
    program: join(recipe.directory, 'make-root.sh'),
    args: [],
    env: {
      BASE: base,
      ROOT: at('root'),
      FILES: join(recipe.directory, 'files'),
      PACKAGES: recipe.packages.join(' '),
      DRIVERS: recipe.drivers.join(' '),
      APT_CONFIG: await writeAptConfig(at('apt'), at('root'), await suiteAptSources(await suiteOf(base))),
    },
    deadlineMs,
    onLine,
    purpose: 'make a bootable root directory',
    next,
  });
  await writeFile(join(at('root'), 'boot/grub/grub.cfg'), grubConfig(recipe.platform));

  const layout = diskLayout(recipe.sizeGiB);
  await runContained({
    program: join(recipe.directory, 'make-disk.sh'),
    args: [],
    env: {
      RAW: at('disk.raw'),
      ROOT: at('root'),
      CORE: at('core.img'),
      DISK_BYTES: String(layout.bytes),
      PARTITION_TABLE: partitionTable(layout),
      ROOT_OFFSET: String(layout.rootSector * sectorBytes),
      ROOT_KIB: String((layout.rootSectors * sectorBytes) / 1024),
      GRUB_PREFIX: grubPrefix,
      GRUB_MODULES: grubModules.join(' '),
    },
    deadlineMs,
    onLine,
    purpose: 'make a disk',
    next,
  });
  await writeBootSectors(at('disk.raw'), at('core.img'), layout.bootSector);
  onProgress('convert to qcow2');
  await runContained({
    program: 'qemu-img',
    args: ['convert', '-f', 'raw', '-O', 'qcow2', at('disk.raw'), at('disk.qcow2')],
    deadlineMs,
    purpose: 'convert the disk to qcow2',
    next,
  });
  await link(at('disk.qcow2'), join(dir, 'disk.qcow2'));
  await rm(scratch, { recursive: true });
}

/** The Debian suite that an OS image was made of. */
async function suiteOf(base: string): Promise<string> {
  const codename = await codenameOf(base);
  if (codename !== undefined) return codename;
  throw new LabError({
    code: 'state.os-image',
    cause: `${base}/etc/os-release has no VERSION_CODENAME: the OS image is not as it was built`,
    next: `rm -rf ${base}   (when no lab is up), then run the command again: it is built anew`,
  });
}

async function writeBootSectors(raw: string, coreFile: string, coreSector: number): Promise<void> {
  const boot = await readFile('/usr/lib/grub/i386-pc/boot.img');
  const { code, core } = bootSectors(boot, await readFile(coreFile), coreSector);
  const disk = await open(raw, 'r+');
  try {
    await disk.write(code, 0, code.length, 0);
    await disk.write(core, 0, core.length, coreSector * sectorBytes);
  } finally {
    await disk.close();
  }
}
