import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import type { MachinePaths } from '../ground/lab-paths.ts';
import { isMounted } from './disk-image.ts';

/** Mounts a machine's root: the upper layer on its own disk over the OS image. Lives in the lab's mount namespace only. */
export async function mountRoot(lab: string, machine: string, paths: MachinePaths, osRoot: string): Promise<void> {
  for (const directory of [paths.upper, paths.work, paths.root, paths.docker])
    await mkdir(directory, { recursive: true });
  const options = `lowerdir=${osRoot},upperdir=${paths.upper},workdir=${paths.work}`;
  await execa('mount', ['-t', 'overlay', `coreos-lab-${lab}-${machine}`, '-o', options, paths.root]);
}

/** Unmounts the root, however often it is mounted. The machine's disk stays mounted: its journal is read there. */
export async function unmountRoot(paths: MachinePaths): Promise<void> {
  while (await isMounted(paths.root)) {
    await execa('umount', ['--recursive', '--lazy', paths.root]);
  }
}
