import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import { takeFlock } from '../host/flock.ts';
import type { LabPaths } from '../machines/nspawn/lab-paths.ts';

/**
 * Runs work while no other `lab` command changes this lab. The lock goes with its process, however that ends.
 * @throws LabError `busy.lab` naming the command that holds it
 */
export async function withLabLock<T>(paths: LabPaths, command: string, work: () => Promise<T>): Promise<T> {
  const release = await takeLock(paths.lockFile, command);
  try {
    return await work();
  } finally {
    await removeIfNothingElse(paths);
    await release();
  }
}

async function takeLock(file: string, command: string): Promise<() => Promise<void>> {
  for (;;) {
    await mkdir(dirname(file), { recursive: true });
    const taken = await takeFlock(file, ['--nonblock']);
    if (taken === 'held') throw busy(await readFile(file, 'utf8').catch(() => ''));
    if (taken === 'lost') continue;
    await writeFile(file, `${process.pid} ${command}\n`);
    return taken;
  }
}

function busy(text: string): LabError {
  const [pid = '', ...holder] = text.trim().split(' ');
  const who = pid === '' ? 'it has not said which' : `${holder.join(' ')} (process ${pid})`;
  return new LabError({
    code: 'busy.lab',
    cause: `another command is changing this lab: ${who}`,
    next: pid === '' ? 'wait for it' : `wait for it, or end it: kill ${pid}`,
  });
}

/** A command that failed before it made anything leaves nothing. */
async function removeIfNothingElse({ runDir, lockFile, scenarioLockFile }: LabPaths): Promise<void> {
  const locks = [lockFile, scenarioLockFile].map((file) => basename(file));
  const left = await readdir(runDir).catch(() => []);
  if (left.some((name) => !locks.includes(name))) return;
  await rm(lockFile, { force: true });
  for (const directory of [runDir, dirname(runDir)]) await rmdir(directory).catch(() => undefined);
}
