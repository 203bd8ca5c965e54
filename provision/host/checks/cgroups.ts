import { type Check, type CheckResult, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

/** The words of a line of /proc/mounts: source, mount point, type, options. */
type Mount = readonly string[];

const top = '/sys/fs/cgroup';

/** cgroup v2 alone (unified) or v1 with a v2 tree beside it (hybrid): both can hold machines. */
export const cgroups: Check = {
  id: 'cgroups',
  title: 'Control groups',
  run(probe) {
    const mounts: readonly Mount[] = (probe.read('/proc/mounts') ?? '').split('\n').map((line) => line.split(' '));
    const at = mounts.findLastIndex(([, place]) => place === top);
    const mount = mounts[at];
    if (mount?.[2] === 'cgroup2') return unified(probe, mount);
    // What was mounted below before something else came over it can no longer be reached.
    const below = mounts.slice(Math.max(at, 0)).filter(([, place = '']) => place.startsWith(`${top}/`));
    const v1 = below.filter(([, , type]) => type === 'cgroup');
    if (v1.length > 0) return hybrid(probe, below);
    if (mounts.some(([, place = '', type = '']) => place.startsWith(top) && type.startsWith('cgroup')))
      return fail(`a later mount covers ${top}`, `umount ${top}`);
    return fail('no control groups are mounted', `mount -t cgroup2 none ${top}`);
  },
};

const neededOfV2 = ['memory', 'cpu', 'pids'];
const wantedOfV2 = new Map([
  ['cpuset', "Docker in machines says 'Cpuset discarded'"],
  ['io', 'fault slow-disk cannot be made'],
]);

/**
 * cgroup v2 at its one place. The lab makes its cgroups below the top of what is mounted there, and enables every
 * controller on the way. Source: kernel documentation, cgroup-v2, "No Internal Process Constraint" and "Threads".
 */
function unified(probe: HostProbe, mount: Mount): CheckResult {
  if (isReadOnly(mount)) return fail('v2 unified, but read-only', `mount -o remount,rw ${top}`);
  const words = (file: string): string[] => (probe.read(`${top}/${file}`) ?? '').split(/\s+/).filter(Boolean);
  // Every cgroup but the real root has this file; a container sees its own cgroup as the top.
  const type = probe.read(`${top}/cgroup.type`)?.trim();
  const isRoot = type === undefined;
  if (!isRoot && type !== 'domain')
    return fail(`v2 unified, but ${top} is of type '${type}', in which memory has no limits`, otherContainer);

  const controllers = words('cgroup.controllers');
  const fix = (lacking: readonly string[]): string => (isRoot ? kernelFix(probe, lacking) : otherContainer);
  const lacking = neededOfV2.filter((name) => !controllers.includes(name));
  if (lacking.length > 0) return fail(`v2 unified without ${lacking.join(', ')}${whose(isRoot)}`, fix(lacking));

  const enabled = words('cgroup.subtree_control');
  const toEnable = controllers.filter((name) => !enabled.includes(name));
  if (!isRoot && toEnable.length > 0 && words('cgroup.procs').length > 0)
    return fail(`v2 unified, but processes in ${top} itself keep ${toEnable.join(', ')} from machines`, moveAway);

  const missing = [...wantedOfV2].filter(([name]) => !controllers.includes(name));
  if (missing.length === 0) return ok(`v2 unified: ${controllers.join(' ')}`);
  const names = missing.map(([name]) => name);
  const detail = missing.map(([name, effect]) => `without ${name}: ${effect}`).join('; ');
  return warn(`v2 unified${whose(isRoot)}, ${detail}`, fix(names));
}

function whose(isRoot: boolean): string {
  return isRoot ? '' : ' (not handed down to this container)';
}

const otherContainer = 'docker run --privileged --cgroupns=host, or Delegate=yes in the unit, or a virtual machine';

/** As Docker's own image for Docker in Docker does it; processes that have ended meanwhile make xargs complain. */
const moveAway = `mkdir -p ${top}/init && xargs -rn1 < ${top}/cgroup.procs > ${top}/init/cgroup.procs`;

/** What limits and freezes a machine. Others are used where they are. */
const neededOfV1 = ['memory', 'cpu', 'cpuset', 'devices', 'freezer', 'pids'];

function hybrid(probe: HostProbe, below: readonly Mount[]): CheckResult {
  const v1 = below.filter(([, , type]) => type === 'cgroup');
  const options = v1.flatMap(([, , , text = '']) => text.split(','));
  const lacking = neededOfV1.filter((name) => !options.includes(name));
  if (lacking.length > 0) return fail(`v1 without ${lacking.join(', ')}`, kernelFix(probe, lacking));
  if (!options.includes('name=systemd')) {
    const fix = `mkdir -p ${top}/systemd && mount -t cgroup -o none,name=systemd cgroup ${top}/systemd`;
    return fail('v1 without the name=systemd hierarchy', fix);
  }
  // The lab has a cgroup in each, the v2 tree beside them included; the last mount at a place is the one in force.
  const inForce = new Map(below.filter(([, , type]) => type?.startsWith('cgroup')).map((mount) => [mount[1], mount]));
  const locked = [...inForce.values()].find(isReadOnly)?.[1];
  if (locked !== undefined) return fail(`v1, but ${locked} is read-only`, `mount -o remount,rw ${locked}`);
  if (options.includes('blkio')) return ok(`v1: ${neededOfV1.join(' ')} blkio`);
  return warn('v1 without blkio: fault slow-disk cannot be made', kernelFix(probe, ['blkio']));
}

/** By the mount's own flags, or those of what is mounted. */
function isReadOnly(mount: Mount): boolean {
  return mount[3]?.split(',').includes('ro') ?? false;
}

/** How a host gets a controller that its kernel does not offer. */
function kernelFix(probe: HostProbe, lacking: readonly string[]): string {
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
