import { shellWord, shellWords } from '#provision/host/shell-word.ts';

/**
 * This very command, to be pasted behind `sudo`, which passes on neither the directory of the configuration nor an alias. Pure.
 * @param env LAB_LAUNCHER is how the launcher was called (it sets it), LAB_CONFIG_DIR where config.rb and lab.toml are, LAB_NAME which
 *   lab is meant; the line itself may say it, too
 * @param argv as process.argv
 */
export function thisCommand(env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): string {
  const { LAB_CONFIG_DIR: configDir, LAB_NAME: name, LAB_LAUNCHER: launcher = './lab' } = env;
  const place = configDir === undefined ? '' : `LAB_CONFIG_DIR=${shellWord(configDir)} `;
  const said = argv.some((word) => word === '--name' || word.startsWith('--name='));
  const lab = name === undefined || said ? '' : `LAB_NAME=${shellWord(name)} `;
  return `${place}${lab}${shellWords([launcher, ...argv.slice(2)])}`;
}
