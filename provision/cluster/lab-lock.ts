import { mkdir, open, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import type { LabPaths } from '../machines/nspawn/lab-paths.ts';

/**
 * Runs work while no other `lab` command changes this lab. A lock whose process is gone is taken over.
 * @throws LabError `busy.lab` naming the command that holds it
 */
export async function withLabLock<T>(paths: LabPaths, command: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(paths.lockFile), { recursive: true });
  await takeLock(paths.lockFile, command);
  try {
    return await work();
  } finally {
    await rm(paths.lockFile, { force: true });
    // A command that failed before it made anything leaves nothing.
    for (const directory of [paths.runDir, dirname(paths.runDir)]) await rmdir(directory).catch(() => undefined);
  }
}

async function takeLock(file: string, command: string): Promise<void> {
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(`${process.pid} ${await startTime(process.pid)} ${command}\n`);
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, started, ...holder] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
    if (pid !== undefined && pid !== '' && (await startTime(Number(pid))) === started) {
      throw new LabError({
        code: 'busy.lab',
        cause: `another command is changing this lab: ${holder.join(' ')} (process ${pid})`,
        next: `wait for it, or end it: kill ${pid}`,
      });
    }
    await rm(file, { force: true });
  }
}

/** Start time of a process in clock ticks since boot, so that a reused PID is not taken for the old process. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
