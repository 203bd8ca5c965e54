import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Busy, takeCommandLock } from '../../host/command-lock.ts';
import type { LabPaths } from '../../machines/ground/lab-paths.ts';

const busy: Busy = {
  code: 'busy.lab',
  cause: 'another command is changing this lab',
  end: (pid) => `end it: kill ${pid}`,
};

/**
 * Runs work while no other `lab` command changes this lab. The lock goes with its process, however that ends.
 * @throws LabError `busy.lab` naming the command that holds it
 */
export async function withLabLock<T>(paths: LabPaths, command: string, work: () => Promise<T>): Promise<T> {
  const release = await takeCommandLock(paths.lockFile, command, busy);
  try {
    return await work();
  } finally {
    await removeIfNothingElse(paths);
    await release();
  }
}

/** A command that failed before it made anything leaves nothing. */
async function removeIfNothingElse({ runDir, lockFile, scenarioLockFile }: LabPaths): Promise<void> {
  const locks = [lockFile, scenarioLockFile].map((file) => basename(file));
  const left = await readdir(runDir).catch(() => []);
  if (left.some((name) => !locks.includes(name))) return;
  await rm(lockFile, { force: true });
  for (const directory of [runDir, dirname(runDir)]) await rmdir(directory).catch(() => undefined);
}
