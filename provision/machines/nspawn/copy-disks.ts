import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LabPaths } from '../ground/lab-paths.ts';
import { copyKept } from '../copy-kept.ts';
import { isMounted } from './disk-image.ts';

/** A machine whose disk is copied. */
export interface CopiedMachine {
  readonly name: string;
  /**
   * Has every process of it stand still.
   * @returns how to let them go on
   * @throws LabError `state.machine` while it starts or stops
   */
  standStill(): Promise<() => Promise<void>>;
}

/**
 * Copies the disks of machines into `to/machines/NAME`, and what was pushed to the registry into `to/registry`, all at one instant: no
 * disk is read before every machine stands still and has nothing left to write. So no disk knows of a message whose sender's disk does
 * not: what each member of a cluster had made sure of before it spoke is in its copy, as after a power cut of all at once.
 *
 * A frozen file system (fsfreeze(8)) would outlive a supervisor that is killed meanwhile, and hold its loop device for good; sync(2) of
 * a file system to which nobody writes leaves nothing behind.
 * @returns ms for which the machines stood still
 */
export async function copyDisks(
  paths: Pick<LabPaths, 'machine' | 'stateDir'>,
  machines: readonly CopiedMachine[],
  to: string,
): Promise<number> {
  // Most of it while they still run: what is left to write then is little.
  await syncDisks(paths, machines);
  const began = performance.now();
  const stood = await Promise.allSettled(machines.map(async (machine) => machine.standStill()));
  try {
    const failed = stood.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await syncDisks(paths, machines);
    const pushed = copyKept(paths.stateDir, ['registry'], to);
    await Promise.all([...machines.map(async ({ name }) => copyMachine(paths, name, to)), pushed]);
  } finally {
    await Promise.all(stood.map(async (one) => (one.status === 'fulfilled' ? one.value() : undefined)));
  }
  return performance.now() - began;
}

async function syncDisks({ machine }: Pick<LabPaths, 'machine'>, machines: readonly CopiedMachine[]): Promise<void> {
  await Promise.all(
    machines.map(async ({ name }) => {
      const { disk } = machine(name);
      if (await isMounted(disk)) await execa('sync', ['--file-system', disk]);
    }),
  );
}

/** Holes stay holes: a disk takes what is written in it. Where the file system can share blocks, nothing is copied at all. */
async function copyMachine({ machine }: Pick<LabPaths, 'machine'>, name: string, to: string): Promise<void> {
  const { diskImage, provisionedFile, ignitionFile } = machine(name);
  const directory = join(to, 'machines', name);
  await mkdir(directory, { recursive: true });
  const files = [diskImage, provisionedFile, ignitionFile].filter((file) => existsSync(file));
  await execa('cp', ['--archive', '--reflink=auto', '--sparse=auto', ...files, directory]);
}
