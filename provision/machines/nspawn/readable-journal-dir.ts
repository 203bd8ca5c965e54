import type { LabPaths } from './lab-paths.ts';
import { findSupervisor } from './supervisor-process.ts';

/**
 * Where the machines' journals can be read from outside the supervisor's mount namespace: their disks are mounted only
 * there. Machines that are down are readable as long as the supervisor lives; without one there is no journal to read.
 * @returns from a machine's name to a directory for `journalctl --directory`
 */
export function readableJournalDir(paths: LabPaths): (machine: string) => string {
  const pids = findSupervisor(paths);
  // proc(5), "/proc/pid/root": the file system as that process sees it, mounts included.
  const root = pids === undefined ? '' : `/proc/${pids.init > 0 ? pids.init : pids.unshare}/root`;
  return (machine) => `${root}${paths.machine(machine).journalDir}`;
}
