import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Busy, refuseWhileHeld, takeCommandLock } from '#provision/host/command-lock.ts';
import type { LabPaths } from '#provision/machines/ground/lab-paths.ts';

const busy: Busy = {
  code: 'busy.scenario',
  cause: 'another scenario runs on this lab',
  end: (pid) => `end it in order: kill -INT ${pid}`,
};
const disturbed: Busy = { ...busy, cause: 'a scenario runs on this lab, and counts on what it began itself' };

/**
 * For a command that changes machines: what the scenario would judge is not what it did.
 * @throws LabError `busy.scenario` naming the one that runs
 */
export async function refuseDuringScenario({ scenarioLockFile }: Pick<LabPaths, 'scenarioLockFile'>): Promise<void> {
  await refuseWhileHeld(scenarioLockFile, disturbed);
}

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
