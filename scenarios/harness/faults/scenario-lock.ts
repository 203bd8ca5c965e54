import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Busy, takeCommandLock } from '#provision/host/command-lock.ts';
import type { LabPaths } from '#provision/machines/ground/lab-paths.ts';

const busy: Busy = {
  code: 'busy.scenario',
  cause: 'another scenario runs on this lab',
  end: (pid) => `end it in order: kill -INT ${pid}`,
};

/**
 * One scenario at a time on a lab. The lock goes with its process, however that ends.
 * @param command as the reader typed it
 * @returns how to give it back; nothing is left of it then
 * @throws LabError `busy.scenario` naming the one that runs
 */
export async function takeScenarioLock(
  paths: Pick<LabPaths, 'runDir' | 'scenarioLockFile'>,
  command: string,
): Promise<() => Promise<void>> {
  const { runDir, scenarioLockFile: file } = paths;
  const release = await takeCommandLock(file, command, busy);
  return async () => {
    await rm(file, { force: true });
    // Not empty, as a rule: the lab is up.
    for (const directory of [runDir, dirname(runDir)]) await rmdir(directory).catch(() => undefined);
    await release();
  };
}
