import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentKey } from '#provision/image/cache.ts';
import { runContained } from '#provision/image/run-contained.ts';
import { recipeParts } from '#provision/image/recipe-parts.ts';
import { ensureKeyed } from '../../support/keyed.ts';
import { makeExt4 } from './make-ext4.ts';
import { debianSources } from '#provision/image/suite-sources.ts';
import type { Suite } from './suite.ts';

/** A stock Debian, ready for QEMU's direct kernel boot. Its files are never written again. */
export interface BaseDisk {
  readonly suite: Suite;
  readonly key: string;
  /** What is on the disk. */
  readonly root: string;
  /** Raw ext4 file system, without partitions. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Private key of who may log in as root. */
  readonly sshKey: string;
  /** What is installed on it, as dpkg has it. */
  readonly dpkgStatus: string;
}

/** Of each disk of a guest; what is free takes no space on the host. */
export const diskBytes = 24 * 2 ** 30;
const buildDeadlineMs = 20 * 60_000;
const recipeDirectory = join(import.meta.dirname, 'base');

/** What Debian's installer leaves on an ordinary server beyond priority "important"; no Node.js, nothing of the lab's. */
const packages = [
  'linux-image-amd64',
  'systemd-sysv',
  'libpam-systemd',
  'libnss-systemd',
  'dbus',
  'apparmor',
  'openssh-server',
  'systemd-timesyncd',
  'sudo',
  'ca-certificates',
  'bash-completion',
  'lsof',
  'file',
  'xz-utils',
  'bzip2',
  'wget',
];

/** Of no use in a guest without a reader. */
const excludedPaths = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/**
 * The disk of an ordinary Debian host, from the cache or built now with mmdebstrap and mke2fs: no loop device, no mount.
 * @param cacheDir the tests' own part of the cache
 * @param onProgress one line per step, for a person
 * @throws LabError `command.nice` with mmdebstrap's last output lines, `host.apt-sources`, `timeout.build-lock`
 */
export async function ensureBaseDisk(
  suite: Suite,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<BaseDisk> {
  const parts = [suite, packages.join(' '), excludedPaths.join(' '), String(diskBytes)];
  const key = contentKey([...parts, ...(await recipeParts(recipeDirectory))]);
  const make = (dir: string) => build(suite, dir, onProgress);
  const directory = await ensureKeyed({ parent: join(cacheDir, 'base', suite), key, make, onProgress });
  return {
    suite,
    key,
    root: join(directory, 'root'),
    disk: join(directory, 'disk.raw'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
    sshKey: join(directory, 'id_ed25519'),
    dpkgStatus: join(directory, 'dpkg-status'),
  };
}

async function build(suite: Suite, directory: string, onProgress: (line: string) => void): Promise<void> {
  const root = join(directory, 'root');
  const sshKey = join(directory, 'id_ed25519');
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'coreos-lab tests', '-f', sshKey]);
  const { sources: lines, aptOpts } = await debianSources(suite);
  await runContained({
    program: 'nice',
    args: [
      'mmdebstrap',
      '--variant=important',
      `--include=${packages.join(',')}`,
      ...aptOpts,
      ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
      // The initial RAM disk is made while the kernel is installed.
      `--essential-hook=cp -a --no-preserve=ownership "$FILES/etc/initramfs-tools" "$1/etc/"`,
      `--customize-hook=${join(recipeDirectory, 'customize.sh')} "$1"`,
      suite,
      root,
      ...lines,
    ],
    env: {
      FILES: join(recipeDirectory, 'files'),
      PUBLIC_KEY: `${sshKey}.pub`,
      DEBIAN_FRONTEND: 'noninteractive',
    },
    deadlineMs: buildDeadlineMs,
    onLine: (line) => {
      if (line.startsWith('I: ')) onProgress(line.slice(3));
    },
    purpose: `make a stock Debian ${suite}`,
    next: 'check that `apt-get update` works on this host, then run the command again',
  });
  onProgress('making its file system');
  await copyFile(join(root, 'var/lib/dpkg/status'), join(directory, 'dpkg-status'));
  await takeKernel(root, directory);
  await makeExt4({ source: root, file: join(directory, 'disk.raw'), label: 'root', bytes: diskBytes });
}

async function takeKernel(root: string, directory: string): Promise<void> {
  for (const name of await readdir(join(root, 'boot'))) {
    if (name.startsWith('vmlinuz-')) await copyFile(join(root, 'boot', name), join(directory, 'vmlinuz'));
    if (name.startsWith('initrd.img-')) await copyFile(join(root, 'boot', name), join(directory, 'initrd.img'));
  }
}
