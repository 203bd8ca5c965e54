import type { ProviderName } from '#provision/config/lab-config.ts';

/** What a command is told beside its own words. */
export interface Invocation {
  /** The checkout it runs from. */
  readonly repoDir: string;
  /** `--provider`, where the command line has it. */
  readonly provider?: ProviderName;
}

/** The directory of config.rb and lab.toml: the checkout, unless the environment names another one. */
export function configDirOf(repoDir: string): string {
  return process.env['LAB_CONFIG_DIR'] ?? repoDir;
}
