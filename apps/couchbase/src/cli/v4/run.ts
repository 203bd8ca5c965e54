import { readAddress } from '../exchange.ts';
import { problem, type Outcome } from '../outcome.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Command } from './command.ts';
import { bucketCreate } from './commands/bucket-create.ts';
import { bucketDelete } from './commands/bucket-delete.ts';
import { bucketEdit } from './commands/bucket-edit.ts';
import { bucketFlush } from './commands/bucket-flush.ts';
import { bucketList } from './commands/bucket-list.ts';
import { clusterInit } from './commands/cluster-init.ts';
import { hostList } from './commands/host-list.ts';
import { nodeInit } from './commands/node-init.ts';
import { serverInfo } from './commands/server-info.ts';
import { serverList } from './commands/server-list.ts';
import { settingAutofailover, settingCluster, settingNotification } from './commands/settings.ts';
import { userManage } from './commands/user-manage.ts';
import { parseCli } from './options.ts';
import { RestClient } from './rest-client.ts';

const commands: ReadonlyMap<string, Command> = new Map([
  ['cluster-init', clusterInit],
  ['cluster-edit', clusterInit],
  ['node-init', nodeInit],
  ['setting-cluster', settingCluster],
  ['setting-autofailover', settingAutofailover],
  ['setting-notification', settingNotification],
  ['bucket-create', bucketCreate],
  ['bucket-edit', bucketEdit],
  ['bucket-flush', bucketFlush],
  ['bucket-list', bucketList],
  ['bucket-delete', bucketDelete],
  ['server-info', serverInfo],
  ['server-list', serverList],
  ['host-list', hostList],
  ['user-manage', userManage],
]);

/** A fresh node has no user yet: these may go without. */
const withoutUser: ReadonlySet<string> = new Set(['cluster-init', 'node-init']);

/** Whether 4.0 has the command, and takes all of its options. */
export function knowsLine(argv: readonly string[]): boolean {
  const parsed = parseCli(argv);
  return typeof parsed !== 'string' && commands.has(parsed.command);
}

/** Runs one command with 4.0's words and exit codes. */
export async function runFour(argv: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const parsed = parseCli(argv);
  const [first = ''] = argv;
  if (typeof parsed === 'string') {
    // Its options are those of a command that is not here: that it is not comes first.
    return first.startsWith('-') || commands.has(first) ? problem(2, parsed) : notHere(first);
  }
  const { command: name, values } = parsed;
  if (name === 'help' || values.has('help')) return { code: 0, lines: usage };
  if (name === '') return { code: 2, lines: usage };
  const command = commands.get(name);
  if (command === undefined) return notHere(name);
  const { env, gone } = surroundings;
  const user = values.get('user') ?? env['CB_REST_USERNAME'];
  const password = values.get('password') ?? env['CB_REST_PASSWORD'];
  const address = readAddress(values.get('cluster'));
  if (address === undefined) return problem(2, 'option cluster is not specified, or not HOST[:PORT]');
  surroundings.admit?.(address.host);
  if (!withoutUser.has(name)) {
    if (user === undefined || user === '') return problem(2, missing('Username', '-u', 'CB_REST_USERNAME'));
    if (password === undefined || password === '') return problem(2, missing('Password', '-p', 'CB_REST_PASSWORD'));
  }
  const target = { ...address, user, password, gone };
  const option = (long: string) => values.get(long);
  return command({ name, rest: new RestClient(name), target, option, surroundings });
}

function notHere(name: string): Outcome {
  return problem(2, `command: ${name} is not in this embedded couchbase-cli`, ...usage);
}

function missing(what: string, flag: string, variable: string): string {
  return `${what} cannot be empty. Please use ${flag} or set environment variable ${variable}.`;
}

const usage = [
  'couchbase-cli of the coreos-lab embedded Couchbase-compatible server (grammar of 4.0, and of 7.x where only that has it)',
  '',
  'usage: couchbase-cli COMMAND -c HOST[:8091] [-u USER -p PASSWORD] [OPTIONS]',
  '',
  '  cluster-init   --cluster-username=U --cluster-password=P --services=data,index,query --cluster-ramsize=MB',
  '  cluster-edit   --cluster-username=U --cluster-password=P --cluster-ramsize=MB',
  '  node-init      --node-init-hostname=NAME',
  '  setting-cluster --cluster-ramsize=MB [--cluster-index-ramsize=MB]',
  '  setting-autofailover --enable-auto-failover=0|1 [--auto-failover-timeout=SECONDS]',
  '  setting-notification --enable-notification=0|1',
  '  bucket-create  --bucket=NAME --bucket-type=couchbase --bucket-ramsize=MB [--bucket-replica=N] [--bucket-password=P] [--enable-flush=0|1] [--wait]',
  '  bucket-edit    --bucket=NAME [--bucket-ramsize=MB] [--bucket-replica=N] [--bucket-password=P] [--enable-flush=0|1]',
  '  bucket-flush   --bucket=NAME [--force]',
  '  bucket-list',
  '  bucket-delete  --bucket=NAME',
  '  server-info',
  '  server-list',
  '  host-list',
  '  user-manage    --list | --set --ro-username=U --ro-password=P | --delete',
  '',
  'of 7.x: collection-manage, user-manage --set --rbac-username=U ..., user-change-password, setting-cluster --cluster-name=NAME, and others;',
  'COUCHBASE_GENERATION=7.6 couchbase-cli -h lists them',
];
