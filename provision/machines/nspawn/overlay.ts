import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import type { MachinePaths } from '../ground/lab-paths.ts';
import { isMounted } from './disk-image.ts';

/** Mounts a machine's root: the upper layer on its own disk over the OS image. Lives in the lab's mount namespace only. */
export async function mountRoot(lab: string, machine: string, paths: MachinePaths, osRoot: string): Promise<void> {
  for (const directory of [paths.upper, paths.work, paths.root, paths.docker])
    await mkdir(directory, { recursive: true });
  // The image is named by where mount stands: a cache may lie in a directory with `,` or `:` in its name, which separate options
  // and layers. The other directories are below state_dir, which has none of them.
  const options = `lowerdir=.,upperdir=${paths.upper},workdir=${paths.work}`;
  const argv = ['-t', 'overlay', `coreos-lab-${lab}-${machine}`, '-o', options, paths.root];
  await execa('mount', argv, { cwd: osRoot });
}

/** Unmounts the root, however often it is mounted. The machine's disk stays mounted: its journal is read there. */
export async function unmountRoot(paths: MachinePaths): Promise<void> {
  while (await isMounted(paths.root)) {
    await execa('umount', ['--recursive', '--lazy', paths.root]);
  }
}
