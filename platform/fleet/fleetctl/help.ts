import type { FlagSpec } from '../flags.ts';
import type { Command } from './context.ts';

/** What `fleetctl help` prints. */
export function generalHelp(
  commands: readonly Command[],
  globals: readonly FlagSpec[],
  former: readonly FlagSpec[],
): string {
  return [
    'fleetctl [flags] COMMAND [flags] [arguments]',
    '',
    'Commands',
    ...commands.map((c) => `  ${c.name.padEnd(18)} ${c.summary}`),
    `  ${'version'.padEnd(18)} print the version`,
    '',
    'Flags (one dash or two; each also as FLEETCTL_NAME in the environment)',
    ...flagLines(globals),
    '',
    'Taken from scripts of fleet 0.8 to 1.0, and without meaning here',
    ...flagLines(former),
    '',
    'Units may be named as web@1.service, web@1, web@{1..3}.service, or by the path of a file: path/to/web@1.service.',
    'An instance is made from its template web@.service, in the cluster or in the same folder.',
  ].join('\n');
}

export function commandHelp(command: Command, globals: readonly FlagSpec[]): string {
  return [
    `fleetctl ${command.name} [flags] ${command.args}`.trimEnd(),
    '',
    `  ${command.summary}`,
    ...(command.flags.length > 0 ? ['', 'Flags', ...flagLines(command.flags)] : []),
    '',
    'Flags of every command',
    ...flagLines(globals),
  ].join('\n');
}

function flagLines(flags: readonly FlagSpec[]): string[] {
  return flags.map((f) => {
    const spellings = [f.name, ...(f.aliases ?? [])].map((s) => (s.length === 1 ? `-${s}` : `--${s}`)).join(', ');
    return `  ${spellings.padEnd(28)} ${f.help}`;
  });
}
