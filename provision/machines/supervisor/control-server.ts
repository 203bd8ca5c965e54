import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LabError } from '../../../errors/lab-error.ts';
import type { Impairment, ProviderStatus } from '../machine-provider.ts';
import { execInMachine } from '../nspawn/exec-in-machine.ts';
import type { Machine } from '../nspawn/machine.ts';
import type { LabServices } from './services.ts';

const defaultExecDeadlineMs = 60_000;
const bodyLimitBytes = 1024 * 1024;

interface Body {
  readonly argv?: readonly string[];
  readonly deadlineMs?: number;
  readonly bare?: boolean;
  readonly impairment?: Impairment;
}

/**
 * The supervisor's control API: HTTP over a Unix socket that only root can open.
 * `GET /status`; `POST /machines/NAME/VERB` with a JSON body, VERB as in `act`. Errors are LabErrors as JSON.
 */
export async function startControlServer(
  socket: string,
  machines: ReadonlyMap<string, Machine>,
  services: Pick<LabServices, 'deaths' | 'ready'>,
): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, machines, services).then(
      (value) => reply(response, 200, value),
      (error: unknown) => reply(response, 500, asLabError(error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return server;
}

async function handle(
  request: IncomingMessage,
  machines: ReadonlyMap<string, Machine>,
  services: Pick<LabServices, 'deaths' | 'ready'>,
): Promise<unknown> {
  const [, noun, name, verb] = (request.url ?? '').split('/');
  if (request.method === 'GET' && noun === 'status') {
    const status: ProviderStatus = { up: true, machines: [...machines.values()].map((machine) => machine.status) };
    return { ...status, deaths: services.deaths };
  }
  const machine = machines.get(name ?? '');
  if (request.method !== 'POST' || noun !== 'machines' || machine === undefined) {
    throw new LabError({ code: 'missing.machine', cause: `no machine ${name ?? ''} in this lab`, next: 'lab status' });
  }
  // A machine counts as booted when it can also pull images.
  if (verb === 'wait-booted') await services.ready;
  return act(machine, verb ?? '', await readBody(request));
}

async function act(machine: Machine, verb: string, body: Body): Promise<unknown> {
  const deadlineMs = body.deadlineMs ?? defaultExecDeadlineMs;
  switch (verb) {
    case 'start':
      await machine.start(body.bare === true ? 'bare' : 'provision');
      return machine.status;
    case 'halt':
      return { end: await machine.halt(deadlineMs) };
    case 'cut':
      await machine.cut();
      return machine.status;
    case 'destroy':
      await machine.destroy();
      return machine.status;
    case 'reboot':
      await machine.reboot();
      return machine.status;
    case 'impair':
      await machine.impairments.impair(machine.initPid, impairmentOf(body));
      return machine.status;
    case 'lift':
      await machine.impairments.lift(impairmentOf(body).kind);
      return machine.status;
    case 'exec':
      return execInMachine(machine.awakePid, body.argv ?? [], deadlineMs);
    case 'wait-booted':
      await machine.waitRebooted(deadlineMs);
      return execInMachine(machine.awakePid, ['systemctl', 'is-system-running', '--wait'], deadlineMs);
    default:
      throw new LabError({
        code: 'internal.control',
        cause: `the supervisor knows no verb ${verb}`,
        next: 'lab destroy && lab up',
      });
  }
}

function impairmentOf({ impairment }: Body): Impairment {
  if (impairment !== undefined) return impairment;
  throw new LabError({ code: 'input.impairment', cause: 'the request names no impairment', next: 'report this' });
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyLimitBytes)
      throw new LabError({ code: 'input.body', cause: 'the request body is over 1 MiB', next: 'send less' });
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Body);
}

function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
  return new LabError({
    code: 'internal.supervisor',
    cause: error instanceof Error ? error.message : String(error),
    evidence: error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6) : [],
    next: 'lab destroy && lab up; if it happens again, report it with this text',
    error,
  });
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}
