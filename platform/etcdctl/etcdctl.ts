import { existsSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { fallThrough } from './fall-through.ts';
import { readCommandLine, type CommandLine } from './grammar.ts';
import { helpOf, versionText } from './help.ts';
import { showRequests } from './show-requests.ts';
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
      io.print(helpOf(line.command));
      return 0;
    case 'version':
      io.print(versionText);
      return 0;
    case 'bad':
      // The library says it with a full stop where no command is known yet.
      io.print(`Incorrect Usage${line.help === undefined ? '.' : ':'} ${line.problem}\n\n${helpOf(line.help)}`);
      io.warn(line.problem);
      return 1;
    case 'replaced':
      io.warn(`Error:  ${line.command} is of etcd's v2 store, which holds nothing here; use: ${line.instead}`);
      return 1;
    case 'refused':
      io.warn(line.problem);
      return 1;
    case 'no-topic':
      io.warn(`No help topic for '${line.topic}'`);
      return 3;
    case 'v2':
      return runV2(line, io);
  }
}

/** The process around a command. */
export interface Io {
  /** A line (or lines) to stdout. */
  print(text: string): void;
  warn(text: string): void;
  /** All of standard input; undefined: more than anybody takes for a value. */
  readStdin(): Promise<string | undefined>;
  /** Aborted when the caller has had enough of a command that may go on for ever; without a call of this it ends all the same. */
  interrupted(): AbortSignal;
  /** Ends the process at once: the total timeout ran out with a request on its way. */
  exit(code: number): void;
}

/** --total-timeout is not for them; they end by themselves or by SIGINT. */
const mayTakeLong: ReadonlySet<string> = new Set(['watch', 'exec-watch', 'cluster-health']);

type V2Line = Extract<CommandLine, { kind: 'v2' }>;

async function runV2(line: V2Line, io: Io): Promise<number> {
  const { globals, flags } = line;
  const command = commands[line.command];
  if (!command)
    throw new LabError({ code: 'internal.etcdctl', cause: `no command ${line.command}`, next: 'etcdctl help' });
  const { endpoints, timeoutMs, output } = globals;
  const absent = globals.files.find((path) => !existsSync(path));
  if (absent !== undefined) {
    io.warn(`open ${absent}: no such file or directory`);
    return 1;
  }
  const plain = gatewayStore({ endpoints, timeoutMs });
  const store = globals.debug ? showRequests(plain, endpoints, (text) => io.warn(text)) : plain;
  const value = await valueFromInput(line, io);
  if (value === 'too long') {
    io.warn('Error:  standard input is longer than any value that etcd takes');
    return 4;
  }
  const endless = mayTakeLong.has(line.command);
  const signal = endless ? io.interrupted() : new AbortController().signal;
  const late = endless ? undefined : setTimeout(() => giveUp(io), globals.totalMs);
  try {
    const args = [...line.args, ...value];
    return await command({ store, endpoints, timeoutMs, flags, args, output, ...io, signal });
  } catch (error) {
    return report(error, globals.sync && line.command !== 'cluster-health', io);
  } finally {
    clearTimeout(late);
    await store.close();
  }
}

/** The value of a command that names none, before any of its times begin: somebody may be typing it. Without input it has none. */
async function valueFromInput({ command, args }: V2Line, io: Io): Promise<string[] | 'too long'> {
  if (!['mk', 'set', 'update'].includes(command) || args.length !== 1) return [];
  const text = await io.readStdin();
  if (text === undefined) return 'too long';
  return text === '' ? [] : [text];
}

/** Says what no command foresees; returns the exit code. */
export function unexpected(error: unknown, io: Pick<Io, 'warn'>): number {
  io.warn(`Error:  ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof LabError ? error.exitCode : 70;
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
