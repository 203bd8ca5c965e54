import { readFile } from 'node:fs/promises';

/** What a file says that is not there; the last two of one that goes while it is read, in /proc and in a cgroup. */
const gone: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'ESRCH', 'ENODEV'];

/**
 * A text file, or undefined where there is none.
 * @throws the system's error for one that is there and cannot be read: that is not the same
 */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && gone.includes(String(error.code))) return undefined;
    throw error;
  }
}
