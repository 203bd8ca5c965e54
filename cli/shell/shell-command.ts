import { basename, join } from 'node:path';

/** The reader's shell with the lab in it. */
export interface ShellCommand {
  readonly argv: readonly [program: string, ...args: string[]];
  /** What it needs beside shellEnvironment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * bash, zsh or fish, by $SHELL; bash for any other. Each reads the reader's own files first, then those of cli/shell. Pure.
 * @param home cli/shell of the checkout
 * @param command run this instead of asking for commands
 */
export function shellCommand(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
  command?: string,
): ShellCommand {
  const own = env['SHELL'] ?? '';
  const words = command === undefined ? [] : ['-c', command];
  switch (basename(own)) {
    case 'zsh':
      // zsh has no option for a file of ours; .zshenv there reads the reader's.
      return {
        argv: [own, ...words],
        env: { ZDOTDIR: join(home, 'zsh'), LAB_SHELL_ZDOTDIR: env['ZDOTDIR'] ?? env['HOME'] ?? '/' },
      };
    case 'fish':
      return { argv: [own, '--init-command', 'source "$LAB_SHELL_HOME/shell.fish"', ...words], env: {} };
    default:
      return {
        argv: [basename(own) === 'bash' ? own : 'bash', '--rcfile', join(home, 'bashrc'), ...words],
        env: {},
      };
  }
}
