import { join } from 'node:path';
import { contentKey } from '../cache.ts';
import { recipeParts } from '../recipe-parts.ts';

/** Everything that decides what the OS image contains. Two equal recipes give interchangeable images. */
export interface OsRecipe {
  /** Debian suite, e.g. `bookworm`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** Absolute path of the Node binary that becomes `/usr/bin/node` of the image. */
  readonly nodeBinary: string;
  /** Directory with `customize.sh` and `files/`. */
  readonly directory: string;
}

/** systemd, Docker engine, etcd, sshd, jq and what the chapter's reader uses on a machine. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'libnss-myhostname',
  'sudo',
  'procps',
  'less',
  'ca-certificates',
  'docker.io',
  'etcd-server',
  'etcd-client',
  'openssh-server',
  'jq',
  'curl',
  'iproute2',
  'iptables',
  'iputils-ping',
  'libstdc++6',
  'libgcc-s1',
];

/** What the OS image is made of, with the Node that runs this. Pure. */
export function osRecipe(repoDir: string, suite: string): OsRecipe {
  return { suite, packages, nodeBinary: process.execPath, directory: join(repoDir, 'provision/image/os') };
}

/** Content key of the image: changes when a package list, a laid-over file or the Node version does. */
export async function osImageKey(recipe: OsRecipe, nodeVersion: string): Promise<string> {
  const parts = [recipe.suite, recipe.packages.join(' '), nodeVersion, process.arch];
  return contentKey([...parts, ...(await recipeParts(recipe.directory))]);
}
