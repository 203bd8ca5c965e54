import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout whose tests run. */
export const root = join(import.meta.dirname, '../..');

/** Every file of the checkout that git tracks, or would on the next `git add`; from the checkout's root, in git's order. */
export const tracked: readonly string[] = execFileSync(
  'git',
  ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'],
  { encoding: 'utf8' },
)
  .split('\n')
  // Git also names one that was removed and not staged yet.
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** The text of one of them. */
export function readTracked(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
