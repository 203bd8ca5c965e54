import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';

/** The lock, and what names of attempts at it begin with. */
export const lockName = 'lock';

/** Attempts at a lock whose holder has died, while others attempt the same. */
const attempts = 10;

/**
 * Locks a directory for as long as this process lives, however it ends, also against containers that share it. The lock is a named pipe that its
 * holder has open for reading: to open it for writing fails when nobody reads (fifo(7)). Node has no call for flock(2), the lab's images no such program.
 * @throws LabError `busy.data-dir`, `host.mkfifo`; Node's errors
 * @returns gives it up
 */
export function lockDirectory(directory: string): () => void {
  const lock = join(directory, lockName);
  const own = join(directory, `${lockName}-${randomUUID()}`);
  makePipe(own);
  // Open before it has the name by which others find it.
  const descriptor = openSync(own, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (isLinked(own, lock)) return () => closeSync(descriptor);
      if (isHeld(lock)) break;
      removeDead(lock, `${own}-dead`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  closeSync(descriptor);
  throw new LabError({
    code: 'busy.data-dir',
    cause: `${directory} is held by another server`,
    next: `end that one (fuser ${lock} names it), or choose another --data-dir`,
  });
}

function makePipe(path: string): void {
  const { status, error } = spawnSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  if (status === 0) return;
  if (error !== undefined)
    throw new LabError({
      code: 'host.mkfifo',
      cause: `the program mkfifo cannot be started: ${error.message}`,
      next: 'apt-get install coreutils',
      error,
    });
  // It says why in words; Node says it in a code.
  closeSync(openSync(path, 'wx'));
  rmSync(path);
  throw new LabError({
    code: 'permission.data-dir',
    cause: `${path} cannot be made: its file system has no named pipes`,
    next: 'give --data-dir a directory of another file system',
  });
}

/** Gives the pipe the lock's name, which only one can have. */
function isLinked(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isHeld(lock: string): boolean {
  try {
    closeSync(openSync(lock, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO' || code === 'ENOENT') return false;
    throw error;
  }
}

/** Another attempt may have replaced the dead lock meanwhile: its own gets its name back. */
function removeDead(lock: string, aside: string): void {
  try {
    renameSync(lock, aside);
    if (isHeld(aside)) isLinked(aside, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
