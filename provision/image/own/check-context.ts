import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { readText } from '../../host/read-text.ts';
import { ignoredFiles } from './ignored-files.ts';

const gigabyte = 1e9;

/** What a build may be given: more is a slip (a home directory, a disk image), and would be copied into the cache. */
export const contextLimits = { bytes: gigabyte, files: 100_000 };

/**
 * Counts what a build would be given, as far as the limits go: a directory of any size is refused soon.
 * @throws LabError `input.image-context` with what is largest in it
 */
export async function checkContext(dir: string, limits = contextLimits): Promise<void> {
  const isIgnored = ignoredFiles(await readText(join(dir, '.dockerignore')));
  const sizes = new Map<string, number>();
  let [bytes, files] = [0, 0];
  const walk = async (at: string): Promise<void> => {
    for await (const entry of await opendir(join(dir, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      // A directory that is left out may hold exceptions, whose files are few: they are looked at for their own sake.
      if (isIgnored(path) && !entry.isDirectory()) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) {
        const { size } = await lstat(join(dir, path));
        bytes += size;
        files += 1;
        const [top = path] = path.split('/');
        sizes.set(top, (sizes.get(top) ?? 0) + size);
      }
      if (bytes > limits.bytes || files > limits.files) throw tooLarge(dir, bytes, files, sizes, limits);
    }
  };
  await walk('');
}

function tooLarge(
  dir: string,
  bytes: number,
  files: number,
  sizes: ReadonlyMap<string, number>,
  limits: typeof contextLimits,
): LabError {
  const largest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 3);
  const which =
    bytes > limits.bytes ? `more than ${limits.bytes / 1e6} MB` : `more than ${limits.files} files (${files} so far)`;
  return new LabError({
    code: 'input.image-context',
    cause: `${dir} has ${which}, all of which the build would be given`,
    evidence: largest.map(([name, size]) => `${name}: at least ${Math.ceil(size / 1e6)} MB`),
    next: `name the app's own directory, or leave files out: printf '%s\\n' '${largest[0]?.[0] ?? 'data'}' >> ${join(dir, '.dockerignore')}`,
  });
}
