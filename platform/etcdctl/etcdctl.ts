import { LabError } from '../../errors/lab-error.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { fallThrough } from './fall-through.ts';
import { readCommandLine, usageOf, v2Commands } from './grammar.ts';
import type { CommandLine } from './grammar.ts';
import { commands } from './v2/commands.ts';

/**
 * etcdctl on a machine: the v2 grammar of the book on the v3 store, everything else by the real client.
 * @param patience see readCommandLine
 * @returns the exit code
 */
export async function etcdctl(argv: readonly string[], env: NodeJS.ProcessEnv, io: Io, patience = 1): Promise<number> {
  const line = readCommandLine(argv, env, patience);
  switch (line.kind) {
    case 'v3':
      return fallThrough(line.argv, env);
    case 'help':
      io.print(line.command === undefined ? overview() : usageOf(line.command));
      return 0;
    case 'bad':
      io.print(`Incorrect Usage: ${line.problem}\n\n${line.usage}`);
      io.warn(line.problem);
      return 1;
    case 'v2':
      return runV2(line, io);
  }
}

/** The process around a command. */
export interface Io {
  /** A line (or lines) to stdout. */
  print(text: string): void;
  warn(text: string): void;
  /** All of standard input. */
  readStdin(): string;
  /** Ends the process at once: the total timeout ran out with a request on its way. */
  exit(code: number): void;
}

async function runV2(line: Extract<CommandLine, { kind: 'v2' }>, io: Io): Promise<number> {
  const { globals, flags, args } = line;
  const command = commands[line.command];
  if (!command)
    throw new LabError({ code: 'internal.etcdctl', cause: `no command ${line.command}`, next: 'etcdctl help' });
  const store = gatewayStore({ endpoints: globals.endpoints, timeoutMs: globals.timeoutMs });
  const interrupt = new AbortController();
  const endless = line.command === 'watch' || line.command === 'exec-watch';
  if (endless) process.once('SIGINT', () => interrupt.abort());
  const late = endless ? undefined : setTimeout(() => giveUp(io), globals.totalMs);
  try {
    const call = { store, flags, args, output: globals.output, ...io, signal: interrupt.signal };
    return await command(call);
  } catch (error) {
    return report(error, globals.sync, io);
  } finally {
    clearTimeout(late);
    await store.close();
  }
}

/** Exit codes of etcdctl 2.x: 1 bad arguments, 2 cannot connect (4 with --no-sync), 4 whatever the server says. */
function report(error: unknown, sync: boolean, io: Io): number {
  if (!(error instanceof LabError)) throw error;
  if (error.code === 'usage.etcdctl-directory') {
    io.warn(error.message);
    return 1;
  }
  if (error.code.startsWith('timeout.etcd')) {
    const detail = `error #0: ${error.evidence[0] ?? error.message}`;
    io.warn(`Error:  client: etcd cluster is unavailable or misconfigured; ${detail}\n\n${detail}\n`);
    return error.code === 'timeout.etcd-connect' && sync ? 2 : 4;
  }
  io.warn(`Error:  ${error.message}`);
  return error.code === 'usage.etcdctl' ? 1 : 4;
}

/** --total-timeout ran out, in the words of etcdctl 2.x. */
function giveUp(io: Io): void {
  io.warn('Error:  context deadline exceeded');
  io.exit(4);
}

function overview(): string {
  return [
    'NAME:\n   etcdctl - the v2 commands of etcdctl on the etcd v3 store',
    '',
    'USAGE:\n   etcdctl [global options] command [command options] [arguments...]',
    '',
    'COMMANDS:',
    ...Object.entries(v2Commands).map(([name, { usage }]) => `   ${name.padEnd(12)}${usage}`),
    '',
    'GLOBAL OPTIONS:',
    '   --endpoints value, --peers value, -C value   comma-delimited addresses (default: http://127.0.0.1:2379)',
    '   --output value, -o value                     simple, extended or json (default: simple)',
    '   --timeout value                              per request (default: 2s)',
    '   --total-timeout value                        for the whole command, watches excepted (default: 5s)',
    '   --no-sync                                    accepted; members are never asked for other addresses',
    '',
    'Every other command (put, del, member, endpoint, lease, snapshot, txn, version, ...), every v3 flag (get --prefix, ...)',
    'and everything with ETCDCTL_API=3 in the environment is run by the v3 client. Keys are the same on both sides, but v2 paths',
    'begin with a slash: `etcdctl get x` reads the v3 key /x.',
  ].join('\n');
}
