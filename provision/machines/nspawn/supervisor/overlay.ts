import { mkdir, readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import type { MachinePaths } from '../lab-paths.ts';

/** Mounts a machine's disk: its own upper layer over the OS image. Lives in the lab's mount namespace only. */
export async function mountDisk(lab: string, machine: string, paths: MachinePaths, osRoot: string): Promise<void> {
  for (const directory of [paths.upper, paths.work, paths.root, paths.docker])
    await mkdir(directory, { recursive: true });
  const options = `lowerdir=${osRoot},upperdir=${paths.upper},workdir=${paths.work}`;
  await execa('mount', ['-t', 'overlay', `coreos-lab-${lab}-${machine}`, '-o', options, paths.root]);
}

/** Unmounts the disk, however often it is mounted. */
export async function unmountDisk(paths: MachinePaths): Promise<void> {
  while ((await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${paths.root} `)) {
    await execa('umount', ['--recursive', '--lazy', paths.root]);
  }
}

/**
 * Throws the disk's contents away (the machine is as new). The disk must not be mounted. The record of its provisioning
 * goes first: a disk that is half gone counts as none.
 */
export async function wipeDisk(paths: MachinePaths): Promise<void> {
  for (const directory of [paths.provisionedFile, paths.upper, paths.work, paths.docker]) {
    await rm(directory, { recursive: true, force: true });
  }
}
