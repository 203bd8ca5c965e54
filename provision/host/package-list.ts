import { asksFor } from '../config/fleet-auth.ts';
import type { HypervisorName, LabConfig } from '../config/lab-config.ts';

/** Debian packages the lab's host needs, with what each is for. */
export const requiredPackages = {
  mmdebstrap: 'builds the OS image',
  'systemd-container': 'systemd-nspawn runs the machines',
  ignition: 'provisions a machine before its first boot',
  'docker-registry': "is the machines' image mirror",
  buildah: 'builds container images without a Docker engine',
  // From Debian 13 on buildah only recommends it, and does nothing without it.
  netavark: 'is what buildah wants for networks',
  lxcfs: 'shows a machine its own memory and CPUs',
  'dnsmasq-base': 'answers names for the machines',
  tini: 'is PID 1 of the containers',
  iproute2: 'makes the network',
  iptables: 'makes faults in the network',
  'openssh-client': 'reaches the machines',
  procps: 'reads processes',
  'util-linux': 'enters namespaces',
  mount: "attaches the machines' disks",
  e2fsprogs: "makes the machines' disks",
} as const satisfies Readonly<Record<string, string>>;

/** Debian packages that turn the OS image into a disk and a Vagrant box; installed only for that. */
export const diskPackages = {
  fdisk: 'partitions the disk image',
  e2fsprogs: 'makes its file system',
  'grub-common': "makes its boot loader's core",
  'grub-pc-bin': "has the boot loader's modules",
  'qemu-utils': 'converts disk images',
  pigz: 'packs Vagrant boxes on all cores',
} as const satisfies Readonly<Record<string, string>>;

/** Debian packages of the provider `vagrant`, whatever runs its guests; installed only for it. */
const guestPackages = {
  ...diskPackages,
  vagrant: 'makes the machines',
  rsync: 'copies shared folders into the machines',
} as const satisfies Readonly<Record<string, string>>;

/** The same for guests of libvirt. */
export const vagrantPackages = {
  ...guestPackages,
  'vagrant-libvirt': "is Vagrant's plugin for libvirt",
  // Without libvirt-daemon-system, which would have the host's own libvirtd and a network start at its next boot.
  'libvirt-daemon': 'runs virtual machines',
  'libvirt-clients': 'asks it about them (virsh)',
  'qemu-system-x86': 'is the hypervisor',
} as const satisfies Readonly<Record<string, string>>;

/** By what runs the guests; VirtualBox itself is no package of Debian's. */
const packagesOf: Readonly<Record<HypervisorName, Readonly<Record<string, string>>>> = {
  libvirt: vagrantPackages,
  virtualbox: guestPackages,
};

/** Debian packages of `[fleet] auth` with TLS. */
const certificatePackages = { openssl: "makes the certificates of fleet's API" } as const satisfies Readonly<
  Record<string, string>
>;

/**
 * Every Debian package that a lab of this configuration needs of its host, with what each is for. `lab up`, its `--dry-run`, `lab doctor` and
 * `lab doctor --fix` all go by it; what only a setting needs is here and nowhere else. Pure.
 */
export function packagesFor({
  provider,
  vagrant,
  fleet,
}: Pick<LabConfig, 'provider' | 'vagrant' | 'fleet'>): Readonly<Record<string, string>> {
  return {
    ...requiredPackages,
    ...(provider === 'vagrant' ? packagesOf[vagrant.hypervisor] : {}),
    ...(asksFor(fleet.auth).tls ? certificatePackages : {}),
  };
}

/** What any of the lab's packages is for; undefined for one that only tests use. Pure. */
export function purposeOf(name: string): string | undefined {
  const all: Readonly<Record<string, string>> = { ...vagrantPackages, ...certificatePackages, ...requiredPackages };
  return all[name];
}

/** Further Debian packages the lab's own tests use. */
export const testPackages: readonly string[] = [
  // Disks and boxes are made by unit tests too.
  ...Object.keys(diskPackages),
  'git',
  'etcd-server',
  'etcd-client',
  'memcached',
  'jq',
  ...Object.keys(certificatePackages),
  'chromium',
  'qemu-system-x86',
  'vagrant',
  'vagrant-libvirt',
];

/** Debian packages that the tests on an emulated host need to make it and to run it. */
export const hostTestPackages: readonly string[] = [
  'mmdebstrap',
  'apt-utils',
  'e2fsprogs',
  'qemu-system-x86',
  'qemu-utils',
  'openssh-client',
];
