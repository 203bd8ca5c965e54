import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../../../errors/lab-error.ts';
import { takeFlock } from '../../../provision/host/flock.ts';
import type { LabPaths } from '../../../provision/machines/nspawn/lab-paths.ts';

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
  for (;;) {
    await mkdir(runDir, { recursive: true });
    const taken = await takeFlock(file, ['--nonblock']);
    if (taken === 'held') throw busy(await readFile(file, 'utf8').catch(() => ''));
    if (taken === 'lost') continue;
    await writeFile(file, `${process.pid} ${command}\n`);
    return async () => {
      await rm(file, { force: true });
      // Not empty, as a rule: the lab is up.
      for (const directory of [runDir, dirname(runDir)]) await rmdir(directory).catch(() => undefined);
      await taken();
    };
  }
}

function busy(text: string): LabError {
  const [pid = '', ...holder] = text.trim().split(' ');
  const who = pid === '' ? 'it has not said which' : `${holder.join(' ')} (process ${pid})`;
  return new LabError({
    code: 'busy.scenario',
    cause: `another scenario runs on this lab: ${who}`,
    next: pid === '' ? 'wait for it' : `wait for it, or end it in order: kill -INT ${pid}`,
  });
}
