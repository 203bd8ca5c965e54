import { shellWord, shellWords } from '#provision/host/shell-word.ts';

/**
 * This very command, to be pasted behind `sudo`, which passes on neither the directory of the configuration nor an alias. Pure.
 * @param env LAB_LAUNCHER is how the launcher was called (it sets it), LAB_CONFIG_DIR where config.rb and lab.toml are
 * @param argv as process.argv
 */
export function thisCommand(env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): string {
  const { LAB_CONFIG_DIR: configDir, LAB_LAUNCHER: launcher = './lab' } = env;
  const place = configDir === undefined ? '' : `LAB_CONFIG_DIR=${shellWord(configDir)} `;
  return `${place}${shellWords([launcher, ...argv.slice(2)])}`;
}
