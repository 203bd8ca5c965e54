import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentKey } from '#provision/image/cache.ts';
import { runContained } from '#provision/image/run-contained.ts';
import { type BaseDisk, diskBytes } from './base-disk.ts';
import { ensureKeyed } from '../../support/keyed.ts';
import { makeExt4 } from './make-ext4.ts';
import type { PackageRepo } from './package-repo.ts';

/** Installs as a guest would, with its own apt and from the same packages; services are enabled, and start at its boot. */
const install = `
stock=$1 root=$2 debs=$3; shift 3
cp -a --reflink=auto "$stock" "$root"
mkdir -p "$root/srv/lab/debs"
mount --bind "$debs" "$root/srv/lab/debs"
mount -t proc proc "$root/proc"
printf '#!/bin/sh\\nexit 101\\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get -q update
chroot "$root" apt-get -q install -y --no-install-recommends "$@"
rm -rf "$root/usr/sbin/policy-rc.d" "$root"/var/lib/apt/lists/*
umount "$root/proc" "$root/srv/lab/debs"
rmdir "$root/srv/lab/debs"`;

/**
 * The stock disk with further packages, from the cache or made now: for tests that are not about installing them, which
 * takes many minutes under emulation.
 * @throws LabError `command.sh` with apt's last output lines, `timeout.build-lock`
 */
export async function ensureInstalledDisk(request: {
  stock: BaseDisk;
  debs: PackageRepo;
  packages: readonly string[];
  cacheDir: string;
  onProgress: (line: string) => void;
}): Promise<BaseDisk> {
  const { stock, debs, packages, cacheDir, onProgress } = request;
  const make = async (dir: string) => {
    onProgress(`installing ${packages.join(' ')}`);
    const root = join(dir, 'root');
    await runContained({
      program: 'nice',
      args: ['sh', '-euc', install, 'sh', stock.root, root, debs.directory, ...packages],
      env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
      deadlineMs: 20 * 60_000,
      onLine: (line) => {
        if (/^(Get|Setting up)/.test(line)) onProgress(line);
      },
      purpose: `install ${packages.join(' ')} on a stock Debian ${stock.suite}`,
      next: 'look at the lines above',
    });
    await makeExt4({ source: root, file: join(dir, 'disk.raw'), label: 'root', bytes: diskBytes });
    await rm(root, { recursive: true });
  };
  const key = contentKey([stock.key, debs.key, install, ...packages]);
  const directory = await ensureKeyed({ parent: join(cacheDir, 'installed', stock.suite), key, make, onProgress });
  return { ...stock, key, disk: join(directory, 'disk.raw') };
}
