import type { Surroundings } from '../surroundings.ts';
import type { Command } from './command.ts';
import { commandTable } from './command-table.ts';
import { parseOptions, type OptionSpec, type Values } from './grammar.ts';

/** A command line that 7.x takes, or what it says of one that it does not. */
export type Line = { readonly command: Command; readonly values: Values } | { readonly wrong: string };

/** Reads command and options; those that every command has are among them. */
export function parseLine([name = '', ...words]: readonly string[], env: Surroundings['env']): Line {
  const command = commandTable.find((known) => known.name === name);
  if (command === undefined) {
    const choices = commandTable.map((known) => `'${known.name}'`).join(', ');
    return { wrong: `argument : invalid choice: '${name}' (choose from ${choices})` };
  }
  const values = parseOptions([...common(command), ...command.options], words, env);
  return typeof values === 'string' ? { wrong: values } : { command, values };
}

function common({ isFirst }: Command): readonly OptionSpec[] {
  const mustHave = isFirst === true ? {} : { required: true as const };
  return [
    { name: 'cluster', short: 'c', takes: 'value', ...mustHave },
    { name: 'username', short: 'u', takes: 'value', variable: 'CB_REST_USERNAME', ...mustHave },
    { name: 'password', short: 'p', takes: 'value', variable: 'CB_REST_PASSWORD', ...mustHave },
    { name: 'output', short: 'o', takes: 'value', choices: ['json', 'standard'] },
    { name: 'debug', short: 'd', takes: 'nothing' },
    { name: 'no-ssl-verify', takes: 'nothing' },
  ];
}
