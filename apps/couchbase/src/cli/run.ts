import type { Command } from './command.ts';
import { bucketCreate } from './commands/bucket-create.ts';
import { bucketDelete } from './commands/bucket-delete.ts';
import { bucketList } from './commands/bucket-list.ts';
import { clusterInit } from './commands/cluster-init.ts';
import { serverInfo } from './commands/server-info.ts';
import { serverList } from './commands/server-list.ts';
import { parseCli } from './options.ts';
import { problem, type Outcome } from './outcome.ts';
import { RestClient } from './rest-client.ts';

const commands: ReadonlyMap<string, Command> = new Map([
  ['cluster-init', clusterInit],
  ['bucket-create', bucketCreate],
  ['bucket-list', bucketList],
  ['bucket-delete', bucketDelete],
  ['server-info', serverInfo],
  ['server-list', serverList],
]);

/** Runs one couchbase-cli command with 4.0's words and exit codes. */
export async function runCli(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  progress: (text: string) => void,
): Promise<Outcome> {
  const parsed = parseCli(argv);
  if (typeof parsed === 'string') return problem(2, parsed);
  const { command: name, values } = parsed;
  if (name === 'help' || values.has('help')) return { code: 0, lines: usage };
  if (name === '') return { code: 2, lines: usage };
  const command = commands.get(name);
  if (command === undefined) return problem(2, `command: ${name} is not in this embedded couchbase-cli`, ...usage);
  const user = values.get('user') ?? env['CB_REST_USERNAME'];
  const password = values.get('password') ?? env['CB_REST_PASSWORD'];
  const address = readAddress(values.get('cluster'));
  if (address === undefined) return problem(2, 'option cluster is not specified, or not HOST[:PORT]');
  // A fresh node has no user yet, so only cluster-init may go without.
  if (name !== 'cluster-init') {
    if (user === undefined || user === '') return problem(2, missing('Username', '-u', 'CB_REST_USERNAME'));
    if (password === undefined || password === '') return problem(2, missing('Password', '-p', 'CB_REST_PASSWORD'));
  }
  const option = (long: string) => values.get(long);
  return command({ rest: new RestClient(name), target: { ...address, user, password }, option, progress });
}

function readAddress(text = ''): { host: string; port: number } | undefined {
  const match = /^(?:http:\/\/|couchbase:\/\/)?(\[[^\]]+\]|[^:/\s]+)(?::(\d{1,5}))?\/?$/u.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { host: match[1].replace(/^\[|\]$/gu, ''), port: Number(match[2] ?? 8091) };
}

function missing(what: string, flag: string, variable: string): string {
  return `${what} cannot be empty. Please use ${flag} or set environment variable ${variable}.`;
}

const usage = [
  'couchbase-cli of the coreos-lab embedded Couchbase-compatible server (grammar of 4.0)',
  '',
  'usage: couchbase-cli COMMAND -c HOST[:8091] [-u USER -p PASSWORD] [OPTIONS]',
  '',
  '  cluster-init   --cluster-username=U --cluster-password=P --services=data,index,query --cluster-ramsize=MB',
  '  bucket-create  --bucket=NAME --bucket-type=couchbase --bucket-ramsize=MB [--bucket-replica=N] [--enable-flush=0|1] [--wait]',
  '  bucket-list',
  '  bucket-delete  --bucket=NAME',
  '  server-info',
  '  server-list',
];
