import { readAddress } from '../exchange.ts';
import type { Outcome } from '../outcome.ts';
import type { Surroundings } from '../surroundings.ts';
import { ClusterClient } from './client.ts';
import { failed, isInitialised, type CommandContext } from './command.ts';
import { commandTable } from './command-table.ts';
import { parseLine } from './parse-line.ts';

/** Runs one command with 7.x's words and exit codes: 2 for wrong options, which are told on standard error, 1 for what failed. */
export async function runSeven(argv: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const [name = '', ...words] = argv;
  if (name === '-h' || name === '--help' || name === '') return { code: name === '' ? 1 : 0, lines: help() };
  if (words.includes('-h') || words.includes('--help')) return { code: 0, lines: helpOf(name) };
  const line = parseLine(argv, surroundings.env);
  if ('wrong' in line) return wrongOptions(line.wrong);
  const { command, values } = line;
  const written = values.get('cluster') ?? 'http://127.0.0.1:8091';
  const address = readAddress(written);
  if (address === undefined) return wrongOptions(`argument -c/--cluster: ${written} is not an accepted hostname`);
  surroundings.admit?.(address.host);
  const [user, password] = [values.get('username'), values.get('password')];
  const client = new ClusterClient({ ...address, user, password, gone: surroundings.gone });
  if (command.beforeInit !== true) {
    const ready = await isInitialised(client);
    if ('errors' in ready) return failed(ready.errors);
    if (!ready.value) return failed(['Cluster is not initialized, use cluster-init to initialize the cluster']);
  }
  const context: CommandContext = { client, option: (long) => values.get(long), surroundings };
  return command.run(context);
}

function wrongOptions(text: string): Outcome {
  return { code: 2, lines: [], errorLines: [`ERROR: ${text}`] };
}

function help(): readonly string[] {
  const width = Math.max(...commandTable.map(({ name }) => name.length)) + 2;
  return [
    'couchbase-cli of the coreos-lab embedded Couchbase-compatible server (grammar of 7.x)',
    '',
    'usage: couchbase-cli COMMAND [-h] -c HOST[:8091] -u USER -p PASSWORD [OPTIONS]',
    '',
    ...commandTable.map(({ name, description }) => `  ${name.padEnd(width)}${description}`),
  ];
}

function helpOf(name: string): readonly string[] {
  const command = commandTable.find((known) => known.name === name);
  if (command === undefined) return help();
  const options = command.options.map(({ name: long, takes, choices, required }) => {
    const value = takes === 'nothing' ? '' : ` ${choices === undefined ? `<${long}>` : `<${choices.join('|')}>`}`;
    return `  --${long}${value}${required === true ? '   (required)' : ''}`;
  });
  return [
    `usage: couchbase-cli ${name} -c HOST[:8091] -u USER -p PASSWORD [OPTIONS]`,
    command.description,
    '',
    ...options,
  ];
}
