import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Name of a built thing, derived from everything that decides its content: 128 bits of SHA-256, in hex.
 * Each part is framed by its length, so ['ab', 'c'] and ['a', 'bc'] are different contents.
 */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

const debrisPrefix = '.building-';

/**
 * Puts a directory at `parent/key` by one rename, so that it is there whole or not at all.
 * When somebody else was first, theirs stays: equal keys mean interchangeable content.
 * @param make fills the directory it is given; when it throws, nothing is left
 */
export async function publish(parent: string, key: string, make: (dir: string) => Promise<void>): Promise<string> {
  const target = path.join(parent, key);
  await withWorkDirectory(parent, async (work) => {
    const dir = path.join(work, 'content');
    await mkdir(dir);
    await make(dir);
    await rename(dir, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error;
    });
  });
  return target;
}

/** A scratch directory beside the finished things of `parent` (same file system: results can be renamed into place). */
export async function withWorkDirectory<T>(parent: string, use: (work: string) => Promise<T>): Promise<T> {
  const work = path.join(parent, `${debrisPrefix}${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(work, { recursive: true });
  try {
    return await use(work);
  } finally {
    await removeTree(work);
  }
}

/** Removes what killed builds left in `parent`. Only for the holder of the build lock: nobody else may be building. */
export async function removeDebris(parent: string): Promise<string[]> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(debrisPrefix));
  for (const name of names) await removeTree(path.join(parent, name));
  return names;
}

/** Is there a file, or a directory? What cannot be asked is not there. */
export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function removeTree(dir: string): Promise<void> {
  // The retries cover a process of a killed build that dies (and stops writing) a moment after its parent.
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
