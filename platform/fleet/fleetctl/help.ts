import type { FlagSpec } from '../parts/flags.ts';
import type { Command } from './context.ts';
import { entry, folded } from './narrow.ts';

/** What `fleetctl help` prints, on lines of at most so many columns. */
export function generalHelp(
  commands: readonly Command[],
  globals: readonly FlagSpec[],
  former: readonly FlagSpec[],
  columns = Infinity,
): string {
  const say = (text: string): string => folded(text, columns);
  return [
    say('fleetctl [flags] COMMAND [flags] [arguments]'),
    '',
    'Commands',
    ...commands.map((c) => entry(c.name, 18, c.summary, columns)),
    entry('version', 18, 'print the version', columns),
    '',
    say('Flags (one dash or two; each also as FLEETCTL_NAME in the environment)'),
    ...flagLines(globals, columns),
    '',
    say('Taken from scripts of fleet 0.8 to 1.0, and without meaning here'),
    ...flagLines(former, columns),
    '',
    say(
      'Units may be named as web@1.service, web@1, web@{1..3}.service, or by the path of a file: path/to/web@1.service.',
    ),
    say('An instance is made from its template web@.service, in the cluster or in the same folder.'),
  ].join('\n');
}

/** `fleetctl help COMMAND`, folded to so many columns. Pure. */
export function commandHelp(command: Command, globals: readonly FlagSpec[], columns = Infinity): string {
  return [
    folded(`fleetctl ${command.name} [flags] ${command.args}`.trimEnd(), columns, 2),
    '',
    `  ${folded(command.summary, columns, 2)}`,
    ...(command.flags.length > 0 ? ['', 'Flags', ...flagLines(command.flags, columns)] : []),
    '',
    'Flags of every command',
    ...flagLines(globals, columns),
  ].join('\n');
}

function flagLines(flags: readonly FlagSpec[], columns: number): string[] {
  return flags.map((f) => {
    const spellings = [f.name, ...(f.aliases ?? [])].map((s) => (s.length === 1 ? `-${s}` : `--${s}`)).join(', ');
    return entry(spellings, 28, f.help, columns);
  });
}
