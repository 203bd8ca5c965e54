import { type Check, type CheckResult, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { isReadOnly, kernelFix, type Mount, top } from './cgroup-mount.ts';
import { unified } from './cgroups-unified.ts';

/** What limits and freezes a machine. Others are used where they are. */
const needed = ['memory', 'cpu', 'cpuset', 'devices', 'freezer', 'pids'];

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

function hybrid(probe: HostProbe, below: readonly Mount[]): CheckResult {
  const v1 = below.filter(([, , type]) => type === 'cgroup');
  const options = v1.flatMap(([, , , text = '']) => text.split(','));
  const lacking = needed.filter((name) => !options.includes(name));
  if (lacking.length > 0) return fail(`v1 without ${lacking.join(', ')}`, kernelFix(probe, lacking));
  if (!options.includes('name=systemd')) {
    const fix = `mkdir -p ${top}/systemd && mount -t cgroup -o none,name=systemd cgroup ${top}/systemd`;
    return fail('v1 without the name=systemd hierarchy', fix);
  }
  // The lab has a cgroup in each, the v2 tree beside them included; the last mount at a place is the one in force.
  const inForce = new Map(below.filter(([, , type]) => type?.startsWith('cgroup')).map((mount) => [mount[1], mount]));
  const locked = [...inForce.values()].find(isReadOnly)?.[1];
  if (locked !== undefined) return fail(`v1, but ${locked} is read-only`, `mount -o remount,rw ${locked}`);
  if (options.includes('blkio')) return ok(`v1: ${needed.join(' ')} blkio`);
  return warn('v1 without blkio: fault slow-disk cannot be made', kernelFix(probe, ['blkio']));
}
