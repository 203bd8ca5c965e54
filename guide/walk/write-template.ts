import { cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

const namePattern = /^[a-z][a-z0-9-]{0,40}$/;

/**
 * Writes a guide that is sound as it stands: a directory with guide.toml and one step.
 * @returns path of the directory
 * @throws LabError `usage.guide-name`, `state.guide-file` (it is there already, or cannot be written)
 */
export async function writeGuideTemplate(repoDir: string, name: string, dir: string): Promise<string> {
  if (!namePattern.test(name)) {
    throw new LabError({
      code: 'usage.guide-name',
      cause: `${JSON.stringify(name)} cannot name a guide: a-z, 0-9 and -, beginning with a letter, at most 41`,
      next: 'lab guide new my-guide',
    });
  }
  const path = join(resolve(dir), name);
  try {
    // Refuses a directory that is there: what somebody wrote is never lost.
    await mkdir(path);
  } catch (error) {
    const there = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const why = there
      ? 'is there already'
      : `cannot be made: ${error instanceof Error ? error.message : String(error)}`;
    throw new LabError({
      code: 'state.guide-file',
      cause: `${path} ${why}; nothing was written`,
      next: there ? `lab guide ./${name}   (follows it), or choose another name` : 'run it where you may write',
      error,
    });
  }
  try {
    await cp(join(repoDir, 'guide/template'), path, { recursive: true });
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
  return path;
}
