import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { requiredPackages, testPackages } from '#provision/host/package-list.ts';
import { debianSources } from '#provision/image/suite-sources.ts';
import { contentKey } from '#provision/image/cache.ts';
import type { BaseDisk } from './base-disk.ts';
import { ensureKeyed } from '../../support/keyed.ts';

export interface PackageRepo {
  readonly key: string;
  readonly directory: string;
}

interface PackageSet {
  readonly packages: readonly string[];
  /** As a person installs it, or as the lab does. */
  readonly recommends: boolean;
}

/** What other people's software brings to a host, for tests of living beside it; nothing installs it by itself. */
const neighbours = [
  'docker.io',
  'nftables',
  'firewalld',
  'network-manager',
  'libvirt-daemon-system',
  'wireguard-tools',
] as const;

const required = Object.keys(requiredPackages);

/** Each may be installed on its own or after the others, so each brings its whole closure. */
const sets: readonly PackageSet[] = [
  { packages: required, recommends: false },
  { packages: ['nodejs', 'npm'], recommends: false },
  { packages: [...required, 'nodejs', 'npm', ...testPackages], recommends: false },
  ...neighbours.flatMap((name) => [
    { packages: [name], recommends: false },
    // What libvirt recommends are hypervisors, which no test starts.
    ...(name === 'libvirt-daemon-system' ? [] : [{ packages: [name], recommends: true }]),
  ]),
];

/**
 * A directory with Debian packages and their index, from the cache or downloaded now: everything that the lab, its tests
 * and the neighbours need on top of the base disk. In a guest it is apt's only source: `deb [trusted=yes] file:DIR ./`.
 * @param onProgress one line per step, for a person
 * @throws LabError `command.apt-get` with its last output lines, `host.apt-sources`, `timeout.build-lock`
 */
export async function ensurePackageRepo(
  base: BaseDisk,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<PackageRepo> {
  const key = contentKey([base.key, JSON.stringify(sets)]);
  const make = (dir: string) => download(base, dir, onProgress);
  const directory = await ensureKeyed({ parent: join(cacheDir, 'debs', base.suite), key, make, onProgress });
  return { key, directory };
}

async function download(base: BaseDisk, directory: string, onProgress: (line: string) => void): Promise<void> {
  const work = join(directory, 'work');
  const apt = await foreignApt(base, work);
  await apt('update');
  for (const { packages, recommends } of sets) {
    onProgress(`downloading ${packages.join(' ')}${recommends ? ' and what they recommend' : ''}`);
    const wanted = recommends ? '--install-recommends' : '--no-install-recommends';
    await apt('--yes', '--download-only', wanted, 'install', ...packages);
  }
  const archives = join(work, 'var/cache/apt/archives');
  const debs = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
  for (const name of debs) await rename(join(archives, name), join(directory, name));
  await rm(work, { recursive: true });
  onProgress(`indexing ${debs.length} packages`);
  const index = async (command: string) => (await execa('apt-ftparchive', [command, '.'], { cwd: directory })).stdout;
  await writeFile(join(directory, 'Packages'), `${await index('packages')}\n`);
  await writeFile(join(directory, 'Release'), `${await index('release')}\n`);
}

/** The host's apt, deciding for another system: with the base disk's list of what is installed, and its suite's sources. */
async function foreignApt(base: BaseDisk, work: string) {
  const { sources: lines, aptOpts } = await debianSources(base.suite);
  const at = (path: string) => join(work, path);
  for (const path of ['etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'var/lib/dpkg', 'var/lib/apt/lists/partial'])
    await mkdir(at(path), { recursive: true });
  await mkdir(at('var/cache/apt/archives/partial'), { recursive: true });
  await writeFile(at('etc/apt/sources.list'), `${lines.join('\n')}\n`);
  await copyFile(base.dpkgStatus, at('var/lib/dpkg/status'));
  const config = [
    `Dir "${work}";`,
    `Dir::State::status "${at('var/lib/dpkg/status')}";`,
    'Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";',
    'APT::Architecture "amd64";',
    'APT::Architectures { "amd64"; };',
    'APT::Sandbox::User "root";',
    ...aptOpts.map((option) => option.replace(/^--aptopt=/, '')).filter((line) => !line.startsWith('APT::Sandbox')),
  ];
  await writeFile(at('apt.conf'), `${config.join('\n')}\n`);
  return async (...args: string[]) => {
    const { failed, all } = await execa('nice', ['apt-get', '--quiet', ...args], {
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: 20 * 60_000,
      env: { APT_CONFIG: at('apt.conf'), LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (!failed) return;
    throw new LabError({
      code: 'command.apt-get',
      cause: `apt-get ${args.join(' ')} failed for a Debian ${base.suite}`,
      evidence: (all ?? '').split('\n').slice(-15),
      next: 'check that `apt-get update` works on this host, then run the command again',
    });
  };
}
