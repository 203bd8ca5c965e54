import { constants } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

/** What was done with the files of the skeleton, as paths relative to the reader's directory. */
export interface WrittenCode {
  readonly written: readonly string[];
  /** There already, and left as they are. */
  readonly kept: readonly string[];
}

/**
 * Puts the chapter's `code/ch6` into a directory: the book's units, and for worker and page a Dockerfile, a package.json and a program to be
 * written. A file that is there is never touched.
 * @throws LabError `state.guide-file` where it cannot be written
 */
export async function writeCode(repoDir: string, dir: string): Promise<WrittenCode> {
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { from, to } of await skeleton(repoDir, join(dir, 'code/ch6'))) {
    const name = relative(dir, to);
    await mkdir(dirname(to), { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(to, error);
    });
    try {
      // Fails for what is there, also for a link that leads nowhere.
      await copyFile(from, to, constants.COPYFILE_EXCL);
      written.push(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(to, error);
      kept.push(name);
    }
  }
  return { written, kept };
}

async function skeleton(repoDir: string, target: string): Promise<{ from: string; to: string }[]> {
  const units = join(repoDir, 'units/book');
  const code = join(repoDir, 'guide/code');
  const unitFiles = (await readdir(units)).map((name) => ({
    from: join(units, name),
    to: join(target, placeOf(name), name),
  }));
  const files = (await readdir(code, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const programs = files.map(({ parentPath, name }) => {
    const from = join(parentPath, name);
    return { from, to: join(target, relative(code, from)) };
  });
  return [...unitFiles, ...programs].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** The chapter keeps the units of its own programs with them. */
function placeOf(unit: string): string {
  if (unit.startsWith('worker')) return 'worker';
  return unit.startsWith('web') ? 'webapp' : '';
}

function cannotWrite(path: string, error: unknown): LabError {
  const why = error instanceof Error ? error.message : String(error);
  return new LabError({
    code: 'state.guide-file',
    cause: `${path} cannot be written: ${why}`,
    next: 'run it in a directory where you may write',
    error,
  });
}
