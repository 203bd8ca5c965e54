import { type CheckResult, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { isReadOnly, kernelFix, type Mount, top } from './cgroup-mount.ts';

const needed = ['memory', 'cpu', 'pids'];
const wanted = new Map([
  ['cpuset', "Docker in machines says 'Cpuset discarded'"],
  ['io', 'fault slow-disk cannot be made'],
]);

/**
 * cgroup v2 at its one place. The lab makes its cgroups below the top of what is mounted there, and enables every
 * controller on the way. Source: kernel documentation, cgroup-v2, "No Internal Process Constraint" and "Threads".
 */
export function unified(probe: HostProbe, mount: Mount): CheckResult {
  if (isReadOnly(mount)) return fail('v2 unified, but read-only', `mount -o remount,rw ${top}`);
  const words = (file: string): string[] => (probe.read(`${top}/${file}`) ?? '').split(/\s+/).filter(Boolean);
  // Every cgroup but the real root has this file; a container sees its own cgroup as the top.
  const type = probe.read(`${top}/cgroup.type`)?.trim();
  const isRoot = type === undefined;
  if (!isRoot && type !== 'domain')
    return fail(`v2 unified, but ${top} is of type '${type}', in which memory has no limits`, otherContainer);

  const controllers = words('cgroup.controllers');
  const fix = (lacking: readonly string[]): string => (isRoot ? kernelFix(probe, lacking) : otherContainer);
  const lacking = needed.filter((name) => !controllers.includes(name));
  if (lacking.length > 0) return fail(`v2 unified without ${lacking.join(', ')}${whose(isRoot)}`, fix(lacking));

  const enabled = words('cgroup.subtree_control');
  const toEnable = controllers.filter((name) => !enabled.includes(name));
  if (!isRoot && toEnable.length > 0 && words('cgroup.procs').length > 0)
    return fail(`v2 unified, but processes in ${top} itself keep ${toEnable.join(', ')} from machines`, moveAway);

  const missing = [...wanted].filter(([name]) => !controllers.includes(name));
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
