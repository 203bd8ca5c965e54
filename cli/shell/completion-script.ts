import { shellWord } from '#provision/host/shell-word.ts';
import { fishWord, type ShellKind } from './export-lines.ts';

/**
 * The completion of `lab`, for a shell of the reader's own: how names are asked for, and the text that offers them. Pure.
 * @param of.environment as `lab shell` has it: of it, what `names.sh` reads is written down
 * @param of.text of lab-completion.bash or lab-completion.fish
 * @param of.launcher absolute path of this checkout's `lab`, which is completed beside `lab` and `./lab`
 */
export function completionScript(
  shell: ShellKind,
  of: { readonly environment: NodeJS.ProcessEnv; readonly text: string; readonly launcher: string },
): string {
  const { environment, text, launcher } = of;
  const told = Object.entries(environment)
    .filter(([name]) => name.startsWith('LAB_SHELL_'))
    .map(([name, value]) => `${name}=${shellWord(value ?? '')}`);
  // fleetctl takes them for the lab's own only where both are the same.
  const settings = [...told, 'FLEETCTL_ENDPOINT="$LAB_SHELL_FLEET"'];
  const program = `${settings.join('\n')}\nexport ${settings.map((line) => line.replace(/=.*/s, '')).join(' ')}\nexec sh "$LAB_SHELL_HOME/names.sh" "$@"`;
  // Every shell has a command in quotes for sh; each quotes in its own way.
  const names = `sh -c ${shell === 'fish' ? fishWord(program) : shellWord(program)} lab-names`;
  if (shell === 'fish') {
    return [
      '# To have it: ./lab completion fish | source',
      'function __lab_names',
      `    ${names} $argv 2>/dev/null`,
      'end',
      text.trimEnd(),
      `complete -c ${fishWord(launcher)} -w lab`,
    ].join('\n');
  }
  const begin =
    shell === 'zsh'
      ? [
          '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }',
          'autoload -Uz bashcompinit && bashcompinit',
        ]
      : [];
  return [
    `# To have it: eval "$(./lab completion ${shell})"`,
    ...begin,
    `_lab_names() { ${names} "$1" "\${2-}" 2>/dev/null; }`,
    text.trimEnd(),
    `complete -o default -F _lab_lab ./lab ${shellWord(launcher)}`,
  ].join('\n');
}
