import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';

const formatName = 'format';
const lockName = 'lock';
const formatText = 'coreos-lab embedded Couchbase, data format 1\n';

/**
 * Makes a directory the data directory of this process, for as long as it lives: nobody else can have it, and however the process ends
 * it is free again.
 * @throws LabError `permission.data-dir` for one that cannot be written, `busy.data-dir` for one that another server holds,
 * `state.data-format` for one of another version, or of other things, `host.flock` where the program is missing that locks it
 * @returns gives it up
 */
export function takeDataDirectory(path: string): () => void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const unlock = lock(path);
    const others = readdirSync(path).filter((name) => name !== lockName);
    const formatPath = join(path, formatName);
    if (!existsSync(formatPath)) {
      if (others.length > 0) throw otherFormat(`${path} has files of something else (${others[0] ?? ''})`);
      writeFileSync(formatPath, formatText, { mode: 0o600 });
      syncPath(formatPath);
      syncDirectory(path);
      return unlock;
    }
    const text = readFileSync(formatPath, 'utf8');
    if (text !== formatText)
      throw otherFormat(`${path} is of another version: ${formatPath} says ${JSON.stringify(text.slice(0, 80))}`);
    return unlock;
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw unusable(path, error);
  }
}

/** What to say of an error of the file system. */
export function unusable(path: string, error: unknown): LabError {
  return new LabError({
    code: 'permission.data-dir',
    cause: `${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    next: 'give --data-dir a directory that this user may write to',
    error,
  });
}

/**
 * A lock of flock(2) belongs to the open file, not to the program that asked for it: it stays with this process, also through PID
 * namespaces, until its descriptor is closed, which is at its end.
 */
function lock(path: string): () => void {
  const descriptor = openSync(join(path, lockName), 'a', 0o600);
  // Of util-linux or BusyBox: Node has no call for it.
  const { status, error } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  if (status === 0) return () => closeSync(descriptor);
  closeSync(descriptor);
  if (error !== undefined)
    throw new LabError({
      code: 'host.flock',
      cause: `the program flock cannot be started: ${error.message}`,
      next: 'apt-get install util-linux',
      error,
    });
  throw new LabError({
    code: 'busy.data-dir',
    cause: `${path} is held by another server`,
    next: `end that one (fuser ${join(path, lockName)} names it), or choose another --data-dir`,
  });
}

function otherFormat(cause: string): LabError {
  return new LabError({
    code: 'state.data-format',
    cause,
    next: 'start the version of this server that made it, or choose another --data-dir',
  });
}

/** The names in a directory are on the disk when this returns. */
export function syncDirectory(path: string): void {
  syncPath(path);
}

/** A file's bytes are on the disk when this returns. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
