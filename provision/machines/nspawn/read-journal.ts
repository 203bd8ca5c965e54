import { execa } from 'execa';
import type { LabPaths } from '../ground/lab-paths.ts';
import { findSupervisor } from '../ground/supervisor-process.ts';

/** A run of an hour under load writes some tens of MB a machine. */
const outputLimitBytes = 256 * 1024 * 1024;

/** Runs journalctl on a machine's journal files, also while the machine is down; empty when no supervisor has them mounted. */
export async function readJournal(paths: LabPaths, machine: string, args: readonly string[]): Promise<string> {
  const source = ['--directory', readableJournalDir(paths)(machine), '--no-pager', '--quiet'];
  const { stdout } = await execa('journalctl', [...source, ...args], { reject: false, maxBuffer: outputLimitBytes });
  return stdout;
}

/**
 * Where the machines' journals can be read from outside the supervisor's mount namespace: their disks are mounted only
 * there. Machines that are down are readable as long as the supervisor lives; without one there is no journal to read.
 * @returns from a machine's name to a directory for `journalctl --directory`
 */
export function readableJournalDir(paths: LabPaths): (machine: string) => string {
  const pids = findSupervisor(paths);
  // proc(5), "/proc/pid/root": the file system as that process sees it, mounts included.
  const root = pids === undefined ? '' : `/proc/${pids.init ?? pids.unshare}/root`;
  return (machine) => `${root}${paths.machine(machine).journalDir}`;
}
