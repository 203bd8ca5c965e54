import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import { takeFlock } from '../host/flock.ts';
import { readText } from '../host/read-text.ts';

/** As long as the slowest build that another process may be in the middle of. */
const lockDeadlineMs = 25 * 60_000;

/**
 * Runs `use` while holding the exclusive lock of a cache directory. The lock is flock(2), held by a child whose standard
 * input is a pipe from this process: however this process ends, the pipe closes and the kernel frees the lock.
 * @param onWait called once, with the holder's process id where known, when the lock is taken by somebody else
 * @throws LabError `timeout.build-lock` after 25 minutes
 */
export async function withBuildLock<T>(
  directory: string,
  onWait: (holder: string) => void,
  use: () => Promise<T>,
  deadlineMs = lockDeadlineMs,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'build.lock');
  const release =
    (await tryLock(file, ['--nonblock'])) ??
    (onWait(await holder(file)), await tryLock(file, ['--timeout', String(deadlineMs / 1000)]));
  if (release === undefined) {
    throw new LabError({
      code: 'timeout.build-lock',
      cause: `waited ${statedSeconds(deadlineMs)} for another image build to finish (lock ${file})`,
      evidence: [`held by ${await holder(file)}`],
      next: `look at that process; when it is stuck, end it and run the command again`,
    });
  }
  try {
    await writeFile(file, `${process.pid}\n`);
    return await use();
  } finally {
    await release();
  }
}

async function tryLock(file: string, options: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  const taken = await takeFlock(file, options);
  return typeof taken === 'function' ? taken : undefined;
}

async function holder(file: string): Promise<string> {
  const pid = (await readText(file))?.trim();
  // Whoever has taken it writes itself in a moment later.
  return pid ? `process ${pid}` : 'another process';
}
