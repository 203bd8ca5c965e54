import { access, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from '#errors/lab-error.ts';

const namePattern = /^[a-z][a-z0-9-]{0,40}$/;

/**
 * Writes a documented scenario that works at once.
 * @param name also the scenario's name and that of its directory below runs/
 * @param dir where `NAME.ts` is written
 * @returns path of the file
 * @throws LabError `usage.scenario-name`, `state.scenario-file` (it is there already), `missing.directory`
 */
export async function writeTemplate(name: string, dir: string): Promise<string> {
  const bare = name.replace(/\.ts$/, '');
  if (!namePattern.test(bare)) {
    throw new LabError({
      code: 'usage.scenario-name',
      cause: `${JSON.stringify(name)} cannot name a scenario: a-z, 0-9 and -, beginning with a letter, at most 41`,
      next: 'lab scenario new my-scenario',
    });
  }
  const path = join(resolve(dir), `${bare}.ts`);
  const template = await readFile(templateFile(), 'utf8');
  const text = template.replaceAll('template.ts', `${bare}.ts`).replaceAll(/(?<=['/])template(?=['/])/g, bare);
  try {
    // `wx` refuses a file that is there: a scenario somebody wrote is never lost.
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw await cannotWrite(error, path, bare);
  }
  return path;
}

/** Of the checkout: the same file that the project's own type check reads. */
function templateFile(): string {
  const root = process.env['LAB_ROOT'] ?? fileURLToPath(new URL('../..', import.meta.url));
  return join(root, 'scenarios/own/template.ts');
}

async function cannotWrite(error: unknown, path: string, name: string): Promise<unknown> {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'EEXIST') {
    return new LabError({
      code: 'state.scenario-file',
      cause: `${path} is there already; nothing was written`,
      next: `lab scenario ./${name}.ts   (runs it), or choose another name`,
    });
  }
  const there = await access(resolve(path, '..')).then(
    () => true,
    () => false,
  );
  return new LabError({
    code: there ? 'state.scenario-file' : 'missing.directory',
    cause: `${path} cannot be written: ${error.message}`,
    next: 'run it in a directory where you may write',
  });
}
