import { type Check, type CheckResult, fail, ok } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

/** What limits and freezes a machine. `cpuset` and others are used where they are. */
const neededV1 = ['memory', 'cpu', 'cpuset', 'devices', 'freezer', 'pids'];
const neededV2 = ['memory', 'cpu', 'pids'];

/** cgroup v2 alone (unified) or v1 with a v2 tree beside it (hybrid): both can hold machines. */
export const cgroups: Check = {
  id: 'cgroups',
  title: 'Control groups',
  run(probe) {
    const mounts = (probe.read('/proc/mounts') ?? '').split('\n').map((line) => line.split(' '));
    if (mounts.some(([, at, type]) => at === '/sys/fs/cgroup' && type === 'cgroup2')) return unified(probe, mounts);
    const v1 = mounts.filter(([, , type]) => type === 'cgroup');
    if (v1.length > 0) return hybrid(v1);
    return fail('no control groups are mounted', 'mount -t cgroup2 none /sys/fs/cgroup');
  },
};

function unified(probe: HostProbe, mounts: readonly (readonly string[])[]): CheckResult {
  const mount = mounts.findLast(([, at]) => at === '/sys/fs/cgroup');
  if (isReadOnly(mount)) return fail('v2 unified, but read-only', 'mount -o remount,rw /sys/fs/cgroup');
  const controllers = (probe.read('/sys/fs/cgroup/cgroup.controllers') ?? '').trim().split(/\s+/);
  const lacking = neededV2.filter((name) => !controllers.includes(name));
  if (lacking.length === 0) return ok(`v2 unified: ${controllers.join(' ')}`);
  return fail(`v2 unified without ${lacking.join(', ')}`, kernelFix(lacking));
}

function hybrid(mounts: readonly (readonly string[])[]): CheckResult {
  const options = mounts.flatMap(([, , , text = '']) => text.split(','));
  const lacking = neededV1.filter((name) => !options.includes(name));
  if (lacking.length > 0) return fail(`v1 without ${lacking.join(', ')}`, kernelFix(lacking));
  if (!options.includes('name=systemd')) {
    const fix = 'mkdir -p /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd';
    return fail('v1 without the name=systemd hierarchy', fix);
  }
  const locked = mounts.find(isReadOnly)?.[1];
  return locked === undefined
    ? ok(`v1: ${neededV1.join(' ')}`)
    : fail(`v1, but ${locked} is read-only`, `mount -o remount,rw ${locked}`);
}

function isReadOnly(mount: readonly string[] | undefined): boolean {
  return mount?.[3]?.split(',').includes('ro') ?? false;
}

function kernelFix(lacking: readonly string[]): string {
  return lacking.includes('memory')
    ? 'add cgroup_enable=memory to the kernel command line and reboot'
    : `enable ${lacking.join(', ')} in the kernel (see /proc/cgroups)`;
}
