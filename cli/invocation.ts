import { statSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import type { ProviderName } from '#provision/config/lab-config.ts';

/** What a command is told beside its own words. */
export interface Invocation {
  /** The checkout it runs from. */
  readonly repoDir: string;
  /** `--provider`, where the command line has it. */
  readonly provider?: ProviderName;
  /** It is typed in `lab shell`, where the chapter's commands work as they are printed. */
  readonly inShell?: boolean;
}

/**
 * The directory of config.rb and lab.toml: the checkout, unless the environment names another one.
 * @throws LabError `config.environment` for one that is not there: a slip of the pen must not mean another lab
 */
export function configDirOf(repoDir: string): string {
  const named = process.env['LAB_CONFIG_DIR'];
  if (named === undefined) return repoDir;
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() === true) return named;
  throw new LabError({
    code: 'config.environment',
    cause: `LAB_CONFIG_DIR is ${JSON.stringify(named)}, which is no directory`,
    next: 'correct it, or unset LAB_CONFIG_DIR for the lab of this checkout',
  });
}
