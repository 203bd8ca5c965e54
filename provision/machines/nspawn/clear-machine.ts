import { cgroupProcesses, removeCgroup } from '../cgroup/machine-cgroup.ts';
import type { Hierarchy } from '../cgroup/hierarchies.ts';
import { killIfThere } from '../ground/kill-if-there.ts';
import type { MachinePaths } from '../ground/lab-paths.ts';
import { removeMachineLink } from '../ground/lab-network.ts';
import { unmountRoot } from './overlay.ts';

/** Takes away what a machine that has ended leaves: processes, link, mounts, cgroups. Its disk's contents stay. */
export async function clearMachine(
  machine: string,
  hierarchies: readonly Hierarchy[],
  cgroup: string,
  paths: MachinePaths,
): Promise<void> {
  for (const pid of await cgroupProcesses(hierarchies, cgroup)) killIfThere(pid, 'SIGKILL');
  await removeMachineLink(machine);
  await unmountRoot(paths);
  await removeCgroup(hierarchies, cgroup);
}
