import { type Check, fail, ok, warn } from '../check.ts';

export const root: Check = {
  id: 'root',
  title: 'Root',
  run: (probe) =>
    probe.uid === 0 ? ok('running as root') : fail(`running as user ${probe.uid}, the lab needs root`, 'sudo ./lab up'),
};

/** The container's root is not the host's: without these capabilities no machine can be made. Numbers: capability.h. */
const neededCapabilities = new Map([
  ['CAP_NET_ADMIN', 12],
  ['CAP_NET_RAW', 13],
  ['CAP_SYS_CHROOT', 18],
  ['CAP_SYS_ADMIN', 21],
  ['CAP_MKNOD', 27],
]);

export const capabilities: Check = {
  id: 'capabilities',
  title: 'Capabilities',
  run(probe) {
    const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(probe.read('/proc/self/status') ?? '')?.[1];
    if (hex === undefined) return fail('/proc/self/status cannot be read', 'mount -t proc proc /proc');
    const held = BigInt(`0x${hex}`);
    const lacking = [...neededCapabilities]
      .filter(([, bit]) => ((held >> BigInt(bit)) & 1n) === 0n)
      .map(([name]) => name);
    if (lacking.length === 0) return ok('all that machines need');
    return fail(
      `lacking ${lacking.join(', ')}`,
      probe.uid === 0 ? 'start this container with --privileged, or use a virtual machine' : 'sudo ./lab up',
    );
  },
};

export const node: Check = {
  id: 'node',
  title: 'Node.js',
  run(probe) {
    const [major = 0, minor = 0] = probe.nodeVersion.split('.').map(Number);
    const own = probe.nodePath.endsWith(`/node/${probe.nodeVersion}-${probe.arch}/bin/node`);
    const found = `${probe.nodeVersion}, ${own ? "the lab's own" : "the system's"} (${probe.nodePath})`;
    const fits = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
    if (fits) return ok(found);
    return fail(
      `${found}; 20.19+ or 22.12+ is needed`,
      'run ./lab as root: it takes a current Node.js into its cache and leaves the system alone',
    );
  },
};

/** Debian releases on which `lab test --tier host` runs the lab. */
const testedReleases = ['bookworm', 'trixie'];

export const debian: Check = {
  id: 'debian',
  title: 'Debian',
  run(probe) {
    const release = probe.read('/etc/os-release') ?? '';
    const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
    const name = field('PRETTY_NAME') || 'unknown system';
    if (field('ID') !== 'debian' && !field('ID_LIKE').split(' ').includes('debian')) {
      return fail(
        `${name} is not Debian: packages and image building need apt`,
        'use a Debian 12 or 13 host, or a virtual machine',
      );
    }
    if (probe.arch !== 'x64' && probe.arch !== 'arm64') {
      return warn(`${name} on ${probe.arch}: not tested there`, 'use an x86-64 or arm64 host');
    }
    if (testedReleases.includes(field('VERSION_CODENAME'))) return ok(`${name}, ${probe.arch}`);
    return warn(
      `${name}: the lab is tested on ${testedReleases.join(' and ')}, package versions may differ`,
      `use a Debian ${testedReleases.join(' or ')} host`,
    );
  },
};

export const apt: Check = {
  id: 'apt',
  title: 'apt',
  run(probe) {
    if (!probe.exists('/usr/bin/apt-get'))
      return fail('there is no apt-get', 'use a Debian 12 or 13 host, or a virtual machine');
    const files = probe.list('/etc/apt/sources.list.d').map((name) => `/etc/apt/sources.list.d/${name}`);
    const texts = ['/etc/apt/sources.list', ...files].map((path) => probe.read(path) ?? '');
    if (texts.some((text) => /^\s*(?:deb\s|Types:.*\bdeb\b)/m.test(text))) return ok('has sources');
    return fail(
      'no apt source is enabled',
      'add a Debian source to /etc/apt/sources.list.d (see sources.list(5)), then run: apt-get update',
    );
  },
};
