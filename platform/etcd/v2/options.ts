import { parseArgs } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import { clientPort, ownMachine, v2Port } from '../ports.ts';
import type { ListenAddress } from './v2-server.ts';

export interface Options {
  /** Of the member that the API answers from. */
  readonly endpoint: string;
  /** Where to listen: what --listen says, or the sockets that systemd passed. */
  readonly places: readonly ListenAddress[];
  /** Where the v2 API of every machine answers: what clients are told when they ask for the members. */
  readonly port: number;
  readonly timeoutMs: number;
  /** ms without a connection after which the process ends; undefined: never. */
  readonly idleExitMs: number | undefined;
}

/**
 * Reads the command line; sockets as in sd_listen_fds(3).
 * @throws LabError `usage.etcd-v2`
 */
export function readOptions(argv: string[], env: NodeJS.ProcessEnv, pid: number): Options | 'help' {
  const values = parse(argv);
  if (values.help === true) return 'help';
  const passed = passedSockets(env, pid);
  const listen = values.listen ?? (passed.length > 0 ? [] : [String(clientPort), String(v2Port)]);
  return {
    endpoint: (values.etcd ?? ownMachine).replace(/\/+$/, ''),
    places: [...passed, ...listen.map(placeOf)],
    port: numberOf('--port', values.port ?? String(clientPort), 1, 65_535),
    timeoutMs: numberOf('--timeout', values.timeout ?? '5', 0.1, 3600) * 1000,
    idleExitMs:
      values['idle-exit'] === undefined ? undefined : numberOf('--idle-exit', values['idle-exit'], 0.1, 86_400) * 1000,
  };
}

/** The first socket is descriptor 3. Variables that were meant for another process are left alone. */
function passedSockets(env: NodeJS.ProcessEnv, pid: number): ListenAddress[] {
  if (env['LISTEN_PID'] !== String(pid)) return [];
  return Array.from({ length: numberOf('LISTEN_FDS', env['LISTEN_FDS'] ?? '', 1, 64) }, (_, i) => ({ fd: 3 + i }));
}

/** `4001`, `127.0.0.1:4001`, `[::1]:4001`, `/run/etcd-v2.sock` */
function placeOf(text: string): ListenAddress {
  if (text.startsWith('/')) return { path: text };
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = numberOf('--listen', port, 0, 65_535);
  return host === undefined ? { port: number } : { port: number, host };
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const number = text === '' ? NaN : Number(text);
  if (number >= least && number <= most) return number;
  throw bad(`${name} takes a number from ${least} to ${most}, not "${text}"`);
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  const options = {
    etcd: text,
    listen: { type: 'string', multiple: true },
    port: text,
    timeout: text,
    'idle-exit': text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function bad(cause: string): LabError {
  return new LabError({ code: 'usage.etcd-v2', cause, next: 'node /opt/lab/bin/etcd-v2.cjs --help' });
}
