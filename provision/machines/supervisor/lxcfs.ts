import { spawnSync } from 'node:child_process';

/** What runs lxcfs at a directory, in the foreground. */
export function lxcfsArgv(dir: string, pidFile: string): readonly string[] {
  return ['lxcfs', '-f', '--enable-cfs', '-p', pidFile, dir];
}

/**
 * Takes away what a killed lxcfs leaves: a mount that answers "Transport endpoint is not connected", on which no other lxcfs can mount.
 * Machines that run keep theirs, which is as dead, until they boot again.
 */
export function detachDead(dir: string): void {
  spawnSync('umount', ['--lazy', '--quiet', dir], { stdio: 'ignore' });
}
