import type { Acceleration, GuestRun } from '#provision/host/kvm/run-tiny-guest.ts';
import type { FileSystem, HostInterface, HostProbe } from '#provision/host/host-probe.ts';

export interface Description {
  readonly uid?: number;
  readonly nodeVersion?: string;
  readonly nodePath?: string;
  readonly cpus?: number;
  readonly checkout?: string;
  /** Directories below which nothing can be written. */
  readonly readOnly?: readonly string[];
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Symbolic links. */
  readonly links?: Readonly<Record<string, string>>;
  readonly dirs?: Readonly<Record<string, readonly string[]>>;
  readonly fileSystem?: FileSystem;
  readonly interfaces?: readonly HostInterface[];
  readonly missing?: readonly string[];
  /** By command line; undefined: there is no such program. */
  readonly output?: Readonly<Record<string, string | undefined>>;
  readonly guests?: Partial<Readonly<Record<Acceleration, GuestRun>>>;
}

const routeHeader = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT';

/** A line of /proc/net/route, from hex as the kernel writes it. */
export function route(name: string, destination: string, gateway: string, mask: string): string {
  return [name, destination, gateway, '0003', '0', '0', '0', mask, '0', '0', '0'].join('\t');
}

export function routeTable(...lines: string[]): string {
  return [routeHeader, ...lines, ''].join('\n');
}

/** Files of a kernel that has these modules in /lib/modules; none is loaded. */
export const modules = (...names: string[]) => ({
  '/proc/sys/kernel/osrelease': '6.1.0\n',
  '/proc/modules': '',
  '/proc/sys/kernel/modprobe': '/sbin/modprobe\n',
  '/sbin/modprobe': '',
  '/lib/modules/6.1.0/modules.dep': names.map((name) => `kernel/x/${name}.ko.xz: \n`).join(''),
});

/** A Debian 12 host fit for the lab, with cgroup v2; `changes` say how another one differs from it. */
export function describedHost(changes: Description = {}): HostProbe {
  const files: Record<string, string | undefined> = {
    '/proc/self/status': 'Name:\tnode\nCapEff:\t000001ffffffffff\n',
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n',
    '/usr/bin/apt-get': '',
    '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
    '/etc/apt/sources.list': 'deb http://debian.example.test bookworm main\n',
    '/proc/filesystems': 'nodev\tproc\nnodev\toverlay\nnodev\tfuse\n\text4\n',
    '/dev/fuse': '',
    '/dev/loop-control': '',
    '/sys/module/bridge': '',
    '/sys/module/veth': '',
    '/proc/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n',
    '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
    '/proc/sys/fs/inotify/max_user_instances': '1024\n',
    '/proc/meminfo': 'MemTotal:       16000000 kB\nMemAvailable:   12582912 kB\n',
    '/dev/kvm': '',
    '/proc/net/route': routeTable(route('eth0', '00000000', '010200C0', '00000000')),
    '/proc/net/tcp': '  sl  local_address\n   0: 00000000:0016 00000000:0000 0A 00000000:00000000\n',
    ...changes.files,
  };
  const dirs: Readonly<Record<string, readonly string[]>> = {
    '/proc/self/ns': ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'],
    ...changes.dirs,
  };
  const output: Readonly<Record<string, string | undefined>> = {
    'vagrant --version': 'Vagrant 2.3.4',
    'vagrant plugin list': 'vagrant-libvirt (0.11.2, system)',
    'libvirtd --version': 'libvirtd (libvirt) 9.0.0',
    'virsh --version': '9.0.0',
    ...changes.output,
  };
  return {
    uid: changes.uid ?? 0,
    nodeVersion: changes.nodeVersion ?? '20.19.0',
    nodePath: changes.nodePath ?? '/usr/bin/node',
    cpus: changes.cpus ?? 2,
    checkout: changes.checkout ?? '/srv/coreos-lab',
    arch: 'x64',
    read: (path) => files[path],
    exists: (path) => files[path] !== undefined,
    writable: (path) => !(changes.readOnly ?? []).some((dir) => path === dir || path.startsWith(`${dir}/`)),
    target: (path) => changes.links?.[path],
    list: (path) => dirs[path] ?? [],
    fileSystem: () => changes.fileSystem ?? { mountPoint: '/', type: 'ext4', freeBytes: 50 * 1024 ** 3 },
    interfaces: () => changes.interfaces ?? [{ name: 'eth0', cidr: '192.0.2.2/24' }],
    missingPackages: async (names) => names.filter((name) => changes.missing?.includes(name)),
    output: async (...command) => output[command.join(' ')],
    tinyGuest: async (acceleration) => changes.guests?.[acceleration] ?? { outcome: 'ran', ms: 200 },
  };
}
