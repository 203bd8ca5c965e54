/** One container image of the lab: a folder with a Dockerfile, and what is made for it before the build. */
export interface ImageRecipe {
  /** Repository name in the registry. Docker asks a mirror for `memcached` as `library/memcached`. */
  readonly name: string;
  readonly tag: string;
  /** Folder of the Dockerfile and its build context, relative to the repository. */
  readonly folder: string;
  /** A part of the build context that is not in the repository. */
  readonly stage?: Stage;
}

export type Stage =
  | {
      readonly kind: 'debian-packages';
      /** Directory of the context that receives the unpacked packages. */
      readonly at: string;
      /** These packages and the libraries they depend on … */
      readonly packages: readonly string[];
      /** … except for what these packages bring already (in the base image). */
      readonly without: readonly string[];
    }
  | { readonly kind: 'host-node'; readonly at: string }
  /** A whole Debian with these packages, their maintainer scripts run. */
  | { readonly kind: 'debian-root'; readonly at: string; readonly packages: readonly string[] }
  /** Node with npm and its headers, laid out as /usr/local. */
  | { readonly kind: 'node-tree'; readonly at: string; readonly npm: string };

/**
 * The libraries that the Node binary and the Couchbase SDK's native module (zlib1g) link to, and a shell with the usual
 * tools for `docker exec`.
 */
const debianPackages = ['base-files', 'libc6', 'libstdc++6', 'libgcc-s1', 'zlib1g', 'busybox-static'];

/** Every image the lab serves. Order does not matter: a base is built before what stands on it. */
export const catalog: readonly ImageRecipe[] = [
  {
    name: 'lab/debian',
    tag: '12',
    folder: 'apps/base/debian',
    stage: { kind: 'debian-packages', at: 'rootfs', packages: debianPackages, without: [] },
  },
  { name: 'lab/node', tag: '20', folder: 'apps/base/node', stage: { kind: 'host-node', at: 'node' } },
  {
    name: 'library/memcached',
    tag: '1',
    folder: 'apps/memcached',
    stage: { kind: 'debian-packages', at: 'rootfs', packages: ['memcached'], without: debianPackages },
  },
  {
    name: 'library/couchbase',
    tag: 'community-4.0.0',
    folder: 'apps/couchbase',
    stage: { kind: 'debian-packages', at: 'rootfs', packages: ['perl-base'], without: debianPackages },
  },
  { name: 'mattbailey/ch6-worker', tag: 'latest', folder: 'apps/worker' },
  { name: 'mattbailey/ch6-web', tag: 'latest', folder: 'apps/web' },
];
