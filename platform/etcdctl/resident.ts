import { createServer, type Server, type Socket } from 'node:net';
import { etcdctl, type Io } from './etcdctl.ts';
import { readCommandLine, type CommandLine } from './grammar.ts';

/** A request is a command line and the ETCDCTL_ variables: nobody's is longer. */
const longestBytes = 4 * 1024 * 1024;
/** For a caller that does not say all it has to say. */
const silenceMs = 30_000;

/** The command needs the caller's own standard input, terminal or process. */
class CallersOwn extends Error {}

/**
 * Runs etcdctl's short commands for callers for whom starting Node takes seconds (emulated guests): the same code in a
 * process that stays. `resident-client.sh` is the other end.
 *
 * A request: fields that each end with NUL, the number of environment entries, those (`NAME=value`), the number of arguments,
 * those. The answer: lines; `o` and a line of standard output, `e` and one of standard error, at last `x` and the exit code, or
 * `n`: nothing was done, the caller must run it by itself.
 * @param patience how many times as long as elsewhere etcd may take for an answer
 */
export async function startResident(port: number, patience = 1): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, patience));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

async function serve(socket: Socket, patience: number): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(silenceMs, () => socket.destroy());
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    const request = readRequest(received);
    if (request === undefined && received.length < longestBytes) continue;
    socket.setTimeout(0);
    socket.end(request === undefined || request === 'nonsense' ? 'n\n' : await answer(request, patience));
    return;
  }
  socket.destroy();
}

export interface ResidentRequest {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** Undefined: there is more to come. Pure. */
export function readRequest(received: Buffer): ResidentRequest | 'nonsense' | undefined {
  const fields = received.toString('utf8').split('\0').slice(0, -1);
  const lists: string[][] = [];
  for (let at = 0; lists.length < 2;) {
    const count = fields[at];
    if (count === undefined) return undefined;
    if (!/^\d{1,6}$/.test(count)) return 'nonsense';
    const end = at + 1 + Number(count);
    if (fields.length < end) return undefined;
    lists.push(fields.slice(at + 1, end));
    at = end;
  }
  const [env = [], argv = []] = lists;
  return { env: Object.fromEntries(env.map((entry) => split(entry))), argv };
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

/** It goes on until the caller's SIGINT, or names files that only the caller may read. */
function isCallersOwn({ command, flags, globals }: Extract<CommandLine, { kind: 'v2' }>): boolean {
  const endless = ['watch', 'exec-watch'].includes(command) || flags['forever'] === true;
  return endless || globals.files.length > 0;
}

async function answer({ argv, env }: ResidentRequest, patience: number): Promise<string> {
  const line = readCommandLine(argv, env, patience);
  if (line.kind === 'v3' || (line.kind === 'v2' && isCallersOwn(line))) return 'n\n';
  let said = '';
  const say = (mark: string) => (text: string) => void (said += `${mark}${text.replaceAll('\n', `\n${mark}`)}\n`);
  return new Promise<string>((resolve) => {
    const io: Io = {
      print: say('o'),
      warn: say('e'),
      readStdin: () => {
        throw new CallersOwn();
      },
      exit: (code) => resolve(`${said}x${code}\n`),
    };
    etcdctl(argv, env, io, patience).then(
      (code) => resolve(`${said}x${code}\n`),
      (error: unknown) => {
        if (error instanceof CallersOwn) return resolve('n\n');
        resolve(
          `${said}eError:  ${error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)}\nx70\n`,
        );
      },
    );
  });
}
