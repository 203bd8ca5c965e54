import { type Check, type CheckResult, fail, ok, safely, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { hasFileSystem, kernelModule, loadsModules } from '../kernel-module.ts';

/** What to say of a module that no sign shows in the kernel yet: it comes when it is used, or what keeps it away. */
function notYet(probe: HostProbe, module: string, what: string, option: string): CheckResult {
  const found = kernelModule(probe, module);
  if (found.state === 'there' || found.state === 'loads') return ok('loads when it is first used');
  if (found.state === 'barred') return fail(`not loaded, and ${found.why}`, found.fix);
  if (found.state === 'unknown' && loadsModules(probe))
    return warn('not loaded; no /lib/modules here says whether it can be', `modprobe ${module}, on the host itself`);
  return fail(`the kernel has no ${what}`, `use a kernel with ${option}`);
}

export const overlay: Check = {
  id: 'kernel-overlay',
  title: 'Overlay file system',
  run: (probe) =>
    hasFileSystem(probe, 'overlay')
      ? ok('in the kernel')
      : notYet(probe, 'overlay', 'overlay file system', 'CONFIG_OVERLAY_FS'),
};

export const fuse: Check = {
  id: 'kernel-fuse',
  title: 'FUSE',
  run(probe) {
    const known = hasFileSystem(probe, 'fuse');
    const node = probe.exists('/dev/fuse');
    if (known && node) return ok('/dev/fuse is there');
    const lacking = 'there is no /dev/fuse, which lxcfs needs';
    if (known) return safely(fail(lacking, 'mknod -m 600 /dev/fuse c 10 229'));
    const found = notYet(probe, 'fuse', 'FUSE, which lxcfs needs', 'CONFIG_FUSE_FS');
    // Where the device is there before its module, opening it loads the module; else nothing would.
    if (found.status === 'ok' && !node) return safely(fail(lacking, 'modprobe fuse'));
    return found;
  },
};

export const loop: Check = {
  id: 'kernel-loop',
  title: 'Loop devices',
  run(probe) {
    const ext4 = notYet(probe, 'ext4', "ext4, the file system of the machines' disks", 'CONFIG_EXT4_FS');
    if (!hasFileSystem(probe, 'ext4') && ext4.status !== 'ok')
      return { ...ext4, detail: ext4.detail.replace(/^not loaded/, "ext4, the machines' disks: not loaded") };
    const module = kernelModule(probe, 'loop');
    if (module.state === 'barred') return fail(`not loaded, and ${module.why}`, module.fix);
    if (probe.exists('/dev/loop-control')) return ok('/dev/loop-control is there');
    const lacking = "there is no /dev/loop-control, which the machines' disks need";
    // The number of the device: kernel documentation, "Linux allocated devices", misc 237.
    if (probe.exists('/sys/devices/virtual/misc/loop-control/dev'))
      return safely(fail(lacking, 'mknod -m 660 /dev/loop-control c 10 237'));
    if (module.state === 'loads' || (module.state === 'unknown' && loadsModules(probe)))
      return safely(fail(lacking, 'modprobe loop'));
    return fail('the kernel has no loop devices', 'use a kernel with CONFIG_BLK_DEV_LOOP');
  },
};

/** Each with the limit on how many there may be (namespaces(7)); a hardened host may have set it to 0. */
const neededNamespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'];

export const namespaces: Check = {
  id: 'kernel-namespaces',
  title: 'Namespaces',
  run(probe) {
    const have = probe.list('/proc/self/ns');
    const lacking = neededNamespaces.filter((name) => !have.includes(name));
    if (lacking.length > 0)
      return fail(`the kernel lacks ${lacking.join(', ')}`, 'use a kernel with CONFIG_NAMESPACES and CONFIG_CGROUPS');
    const limit = (name: string): string => `user.max_${name}_namespaces`;
    const none = neededNamespaces.filter(
      (name) => probe.read(`/proc/sys/${limit(name).replace('.', '/')}`)?.trim() === '0',
    );
    if (none.length === 0) return ok(neededNamespaces.join(', '));
    const settings = none.map((name) => `${limit(name)}=10000`).join(' ');
    return fail(`none allowed: ${none.map((name) => `${limit(name)} = 0`).join(', ')}`, `sysctl -w ${settings}`);
  },
};
