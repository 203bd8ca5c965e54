import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../errors/lab-error.ts';
import { takeFlock } from '../../../provision/host/flock.ts';
import type { LabPaths } from '../../../provision/machines/nspawn/lab-paths.ts';

/**
 * One scenario at a time on a lab. The lock goes with its process, however that ends.
 * @returns how to give it back
 * @throws LabError `busy.scenario` naming the one that runs
 */
export async function takeScenarioLock(paths: Pick<LabPaths, 'runDir'>, command: string): Promise<() => Promise<void>> {
  const file = join(paths.runDir, 'scenario.lock');
  const taken = await takeFlock(file, ['--nonblock']);
  if (typeof taken === 'function') {
    await writeFile(file, `${process.pid} ${command}\n`);
    return taken;
  }
  const [pid = '', ...holder] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
  throw new LabError({
    code: 'busy.scenario',
    cause: `another scenario runs on this lab: ${holder.join(' ') || 'it has not said which'} (process ${pid || '?'})`,
    next: pid === '' ? 'wait for it' : `wait for it, or end it in order: kill -INT ${pid}`,
  });
}
