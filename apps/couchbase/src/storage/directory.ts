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
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';
import { lockDirectory, lockName } from './lock.ts';

const formatName = 'format';
const formatText = 'coreos-lab embedded Couchbase, data format 1\n';

/**
 * Makes a directory the data directory of this process, for as long as it lives: nobody else can have it, and however the process ends
 * it is free again.
 * @throws LabError `permission.data-dir` for one that cannot be written, `busy.data-dir` for one that another server holds,
 * `state.data-format` for one of another version, or of other things, `host.mkfifo` where the program is missing that locking takes
 * @returns gives it up
 */
export function takeDataDirectory(path: string): () => void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const unlock = lockDirectory(path);
    const others = readdirSync(path).filter((name) => !name.startsWith(lockName));
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
