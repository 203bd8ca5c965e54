import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hierarchy } from './hierarchies.ts';

/**
 * PID 1 of a container machine, as the host counts; undefined where it does not run. systemd-nspawn has the machine below `payload`, and
 * systemd puts itself into `init.scope` there. Needs no supervisor that answers.
 * @param cgroup of the machine: `coreos-lab/lab/core-01`
 */
export async function machineInitPid(hierarchies: readonly Hierarchy[], cgroup: string): Promise<number | undefined> {
  for (const { mount } of hierarchies) {
    const procs = join(mount, cgroup, 'machine/payload/init.scope/cgroup.procs');
    const [pid] = (await readFile(procs, 'utf8').catch(() => '')).split('\n').map(Number);
    if (pid !== undefined && pid > 0) return pid;
  }
  return undefined;
}
