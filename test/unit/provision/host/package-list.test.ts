import { describe, expect, it } from 'vitest';
import { diskPackages, packagesFor, purposeOf, requiredPackages } from '#provision/host/package-list.ts';
import { readTracked, tracked } from '../../../support/tracked-files.ts';
import { load } from '../config/config-directory.ts';
import { check } from './run-check.ts';

const withTls = load({ toml: '[fleet]\nauth = "token+tls"\n' });
const onLibvirt = load({ provider: 'vagrant' });
const onVirtualBox = load({ provider: 'vagrant', toml: '[vagrant]\nhypervisor = "virtualbox"\n' });

describe('the packages of a lab', () => {
  it('are those of every lab, and what its settings need beyond', () => {
    const beyond = (config: typeof withTls) =>
      Object.keys(packagesFor(config)).filter((name) => !(name in requiredPackages));
    expect(beyond(load({}))).toEqual([]);
    expect(beyond(load({ toml: '[fleet]\nauth = "token"\n' }))).toEqual([]);
    expect(beyond(withTls)).toEqual(['openssl']);
    expect(beyond(onVirtualBox)).toEqual(expect.arrayContaining(['vagrant', 'rsync']));
    expect(beyond(onVirtualBox)).not.toContain('libvirt-daemon');
    expect(beyond(onLibvirt)).toEqual(expect.arrayContaining([...beyond(onVirtualBox), 'libvirt-daemon']));
  });

  it('have a purpose each, which the error of a missing one tells', () => {
    const all = [withTls, onLibvirt, onVirtualBox].flatMap((config) => Object.keys(packagesFor(config)));
    expect(all.filter((name) => purposeOf(name) === undefined)).toEqual([]);
    expect(purposeOf('memcached')).toBeUndefined();
  });

  it('are what the doctor asks for', async () => {
    expect((await check('packages', { missing: ['openssl'] })).status).toBe('ok');
    expect(await check('packages', { missing: ['openssl'] }, withTls)).toMatchObject({
      status: 'warn',
      detail: 'missing: openssl; `lab up` installs them',
    });
  });
});

/** Which package has a program that `provision` or a command calls on the host. */
const packageOf: Readonly<Record<string, string>> = {
  buildah: 'buildah',
  ebtables: 'iptables',
  fallocate: 'util-linux',
  findmnt: 'util-linux',
  flock: 'util-linux',
  ip: 'iproute2',
  iptables: 'iptables',
  losetup: 'mount',
  mmdebstrap: 'mmdebstrap',
  mount: 'mount',
  nsenter: 'util-linux',
  openssl: 'openssl',
  'mkfs.ext4': 'e2fsprogs',
  'qemu-img': 'qemu-utils',
  scp: 'openssh-client',
  setpriv: 'util-linux',
  ss: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  umount: 'mount',
  vagrant: 'vagrant',
  virsh: 'libvirt-clients',
};
/** On every Debian host that runs Node and systemd: essential packages, Debian's own tools, npm. */
const everywhere = [
  'apt-get',
  'bash',
  'cp',
  'dpkg-query',
  'du',
  'journalctl',
  'npm',
  'perl',
  'rm',
  'sh',
  'sync',
  'systemctl',
  'tar',
];
/** Who lacks it is told, by the command, what to open by hand. */
const optional = ['xdg-open'];

it('every program that the host is asked to run comes with one of these packages', () => {
  // `lab test` calls what npm has installed.
  const sources = tracked.filter((path) => /^(provision|cli)\/(?!commands\/test\.ts).*\.ts$/.test(path));
  const called = sources.flatMap((path) =>
    [...readTracked(path).matchAll(/(?:\bexeca\(|\bprogram:)\s*'([\w.-]+)'/g)].map((match) => match[1] ?? ''),
  );
  const programs = [...new Set(called)].filter((program) => ![...everywhere, ...optional].includes(program));
  expect(programs.length).toBeGreaterThan(15);
  expect(programs.filter((program) => !(program in packageOf))).toEqual([]);
  const installed = [withTls, onLibvirt, onVirtualBox].flatMap((config) => Object.keys(packagesFor(config)));
  const known = [...installed, ...Object.keys(diskPackages)];
  expect(Object.entries(packageOf).filter(([, name]) => !known.includes(name))).toEqual([]);
});
