import { createServer, type ListenOptions, type Server } from 'node:net';
import { etcdctl, unexpected, type Io } from './etcdctl.ts';
import { endpointsForReal } from './fall-through.ts';
import { readCommandLine, type CommandLine } from './grammar.ts';
import { callerAt, type Caller } from './resident-caller.ts';

/** Callers at one time: the next one is hung up on, and runs its command by itself. */
const mostCallers = 64;
/** How often a caller hears that its command is still at work, ms. */
const atWorkMs = 10_000;

/**
 * Runs etcdctl's short commands for callers to whom a start of Node is dear: the same code in a process that stays.
 * `resident-client.pl` is the other end.
 *
 * A request is what `readRequest` reads. It is answered with `n` (nothing was done, run it by yourself), `v` (the real client's:
 * fields that end with NUL, ETCDCTL_ENDPOINTS or nothing, and the words), or `t` (taken; again every ten seconds). The command
 * begins when the caller has answered the first `t` with `g`: one that gave up before runs it by itself. Then come `o` and `e` with
 * what goes to standard output and error, `i` when standard input is wanted, up to its end, and at last `x` with the exit code.
 * @param patience how many times as long as elsewhere etcd may take for an answer
 */
export async function startResident(where: ListenOptions & { fd?: number }, patience = 1): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const caller = callerAt(socket);
    void caller.request.then(async (request) => {
      if (request === 'nonsense') caller.tell('n');
      else await serve(caller, request.argv, request.env, patience);
      caller.end();
    });
  });
  server.maxConnections = mostCallers;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
  return server;
}

/** It goes on until the caller's SIGINT, or names files that only the caller may read. */
function isCallersOwn({ command, flags, globals }: Extract<CommandLine, { kind: 'v2' }>): boolean {
  const endless = ['watch', 'exec-watch'].includes(command) || flags['forever'] === true;
  return endless || globals.files.length > 0;
}

async function serve(caller: Caller, argv: readonly string[], env: NodeJS.ProcessEnv, patience: number): Promise<void> {
  const line = readCommandLine(argv, env, patience);
  if (line.kind === 'v3') {
    const fields = [endpointsForReal(line.argv, env) ?? '', ...line.argv];
    return caller.tell('v', fields.map((field) => `${field}\0`).join(''));
  }
  if (line.kind === 'v2' && isCallersOwn(line)) return caller.tell('n');
  if (!(await caller.begin())) return;
  const timer = setInterval(() => caller.tell('t'), atWorkMs);
  const code = await new Promise<number>((resolve) => {
    const io: Io = {
      print: (text) => caller.tell('o', `${text}\n`),
      warn: (text) => caller.tell('e', `${text}\n`),
      readStdin: () => caller.input(),
      interrupted: () => caller.gone,
      exit: resolve,
    };
    etcdctl(argv, env, io, patience).then(resolve, (error: unknown) => resolve(unexpected(error, io)));
  });
  clearInterval(timer);
  caller.tell('x', String(code));
}
