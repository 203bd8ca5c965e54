import { type Check, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

function hasFileSystem(probe: HostProbe, type: string): boolean {
  return new RegExp(`^(?:nodev)?\\t${type}$`, 'm').test(probe.read('/proc/filesystems') ?? '');
}

/** A module that is not loaded now but that the kernel can load when asked. */
function isLoadable(probe: HostProbe, module: string): boolean {
  const release = (probe.read('/proc/sys/kernel/osrelease') ?? '').trim();
  const lists = ['modules.dep', 'modules.builtin'].map((file) => probe.read(`/lib/modules/${release}/${file}`) ?? '');
  return lists.some((list) => new RegExp(`(?:^|/)${module}\\.ko`, 'm').test(list));
}

export const overlay: Check = {
  id: 'kernel-overlay',
  title: 'Overlay file system',
  run(probe) {
    if (hasFileSystem(probe, 'overlay')) return ok('in the kernel');
    if (isLoadable(probe, 'overlay')) return warn('not loaded yet', 'modprobe overlay');
    return fail('the kernel has no overlay file system', 'use a kernel with CONFIG_OVERLAY_FS');
  },
};

export const fuse: Check = {
  id: 'kernel-fuse',
  title: 'FUSE',
  run(probe) {
    const known = hasFileSystem(probe, 'fuse');
    if (known && probe.exists('/dev/fuse')) return ok('/dev/fuse is there');
    if (known) return fail('there is no /dev/fuse, which lxcfs needs', 'mknod -m 600 /dev/fuse c 10 229');
    const next = isLoadable(probe, 'fuse') ? 'modprobe fuse' : 'use a kernel with CONFIG_FUSE_FS';
    return fail('the kernel knows no FUSE, which lxcfs needs', next);
  },
};

export const loop: Check = {
  id: 'kernel-loop',
  title: 'Loop devices',
  run(probe) {
    if (!hasFileSystem(probe, 'ext4') && !isLoadable(probe, 'ext4'))
      return fail("the kernel has no ext4, the file system of the machines' disks", 'use a kernel with CONFIG_EXT4_FS');
    if (probe.exists('/dev/loop-control')) return ok('/dev/loop-control is there');
    if (isLoadable(probe, 'loop')) return warn('not loaded yet', 'modprobe loop');
    // The number of the device: kernel documentation, "Linux allocated devices", misc 237.
    if (probe.exists('/sys/devices/virtual/misc/loop-control/dev'))
      return fail(
        "there is no /dev/loop-control, which the machines' disks need",
        'mknod -m 660 /dev/loop-control c 10 237',
      );
    return fail('the kernel has no loop devices', 'use a kernel with CONFIG_BLK_DEV_LOOP');
  },
};

const neededNamespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'];

export const namespaces: Check = {
  id: 'kernel-namespaces',
  title: 'Namespaces',
  run(probe) {
    const have = probe.list('/proc/self/ns');
    const lacking = neededNamespaces.filter((name) => !have.includes(name));
    if (lacking.length === 0) return ok(neededNamespaces.join(', '));
    return fail(`the kernel lacks ${lacking.join(', ')}`, 'use a kernel with CONFIG_NAMESPACES and CONFIG_CGROUPS');
  },
};

export const bridge: Check = {
  id: 'kernel-network',
  title: 'Bridge and veth',
  run(probe) {
    const seen = (module: string): boolean => probe.exists(`/sys/module/${module}`) || isLoadable(probe, module);
    const unsure = ['bridge', 'veth'].filter((module) => !seen(module));
    // A built-in driver without parameters, as veth is, shows nowhere when the host has no /lib/modules.
    const hasModules = probe.list('/lib/modules').length > 0;
    if (unsure.length === 0) return ok('in the kernel or loadable');
    if (!hasModules && !unsure.includes('bridge'))
      return ok('bridge is there; veth is built in where it shows nowhere');
    return warn(
      `no sign of ${unsure.join(' and ')} (built in, perhaps)`,
      `try it: ip link add labtest type ${unsure[0]} && ip link del labtest`,
    );
  },
};

/** A systemd takes a few dozen; 128 for all of root's processes is the kernel's default. */
const inotifyPerMachine = 40;

export const inotify: Check = {
  id: 'kernel-inotify',
  title: 'inotify instances',
  run(probe, config) {
    const limit = Number(probe.read('/proc/sys/fs/inotify/max_user_instances') ?? 0);
    const wanted = inotifyPerMachine * config.machines.length;
    if (limit >= wanted) return ok(`${limit} for each user`);
    return warn(
      `${limit} for each user, about ${wanted} are wanted for ${config.machines.length} machines`,
      'sysctl -w fs.inotify.max_user_instances=1024',
    );
  },
};
