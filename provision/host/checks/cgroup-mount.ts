import type { HostProbe } from '../host-probe.ts';

/** The words of a line of /proc/mounts: source, mount point, type, options. */
export type Mount = readonly string[];

export const top = '/sys/fs/cgroup';

/** By the mount's own flags, or those of what is mounted. */
export function isReadOnly(mount: Mount): boolean {
  return mount[3]?.split(',').includes('ro') ?? false;
}

/** How a host gets a controller that its kernel does not offer. */
export function kernelFix(probe: HostProbe, lacking: readonly string[]): string {
  // cgroups(7): name, hierarchy (0: free, or v2), number of cgroups, enabled.
  const inV1 = lacking.filter((name) => new RegExp(`^${name}\\s+[1-9]`, 'm').test(probe.read('/proc/cgroups') ?? ''));
  if (inV1.length > 0)
    return `cgroup v1 holds ${inV1.join(', ')}: boot with cgroup_no_v1=all on the kernel command line`;
  const disabled = (probe.read('/proc/cmdline') ?? '').split(/\s+/).find((word) => word.startsWith('cgroup_disable='));
  if (disabled !== undefined) return `take ${disabled} off the kernel command line and reboot`;
  return lacking.includes('memory')
    ? 'add cgroup_enable=memory to the kernel command line and reboot'
    : `enable ${lacking.join(', ')} in the kernel (see /proc/cgroups)`;
}
