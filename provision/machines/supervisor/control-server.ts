import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LabError } from '#errors/lab-error.ts';
import type { ProviderStatus } from '../machine-provider.ts';
import { controlBodies, copyDisksBody } from '../ground/control-requests.ts';
import { execInMachine } from '../nspawn/exec-in-machine.ts';
import type { Machine } from '../nspawn/machine.ts';
import type { LabMachines } from './lab-machines.ts';
import { bodyOf, readBody } from './request-body.ts';
import type { LabServices } from './services.ts';

/**
 * The supervisor's control API: HTTP over a Unix socket that only root can open.
 * `GET /status`; `POST /copy-disks`; `POST /machines/NAME/VERB` with a JSON body (control-requests.ts). Errors are LabErrors as JSON.
 */
export async function startControlServer(
  socket: string,
  machines: LabMachines,
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
  machines: LabMachines,
  services: Pick<LabServices, 'deaths' | 'ready'>,
): Promise<unknown> {
  const [, noun, name, verb] = (request.url ?? '').split('/');
  if (request.method === 'GET' && noun === 'status') {
    const status: ProviderStatus = { up: true, machines: machines.machines.map((machine) => machine.status) };
    return { ...status, deaths: services.deaths };
  }
  if (request.method === 'POST' && noun === 'copy-disks') {
    const { to } = bodyOf(copyDisksBody, noun, await readBody(request));
    return { stoodStillMs: await machines.copyDisks(to) };
  }
  const isVerb = request.method === 'POST' && noun === 'machines' && name !== undefined;
  if (isVerb && verb === 'add') {
    await machines.add({ name, ...bodyOf(controlBodies.add, verb, await readBody(request)) });
    return {};
  }
  if (isVerb && verb === 'forget') {
    bodyOf(controlBodies.forget, verb, await readBody(request));
    await machines.forget(name);
    return {};
  }
  const machine = machines.get(name ?? '');
  if (!isVerb || machine === undefined) {
    throw new LabError({ code: 'missing.machine', cause: `no machine ${name ?? ''} in this lab`, next: 'lab status' });
  }
  const body = await readBody(request);
  // A machine counts as booted when it can also pull images.
  if (verb === 'wait-booted') await services.ready;
  return act(machine, verb ?? '', body);
}

async function act(machine: Machine, verb: string, body: unknown): Promise<unknown> {
  switch (verb) {
    case 'start':
      await machine.start(bodyOf(controlBodies.start, verb, body).bare ? 'bare' : 'provision');
      return machine.status;
    case 'halt':
      return { end: await machine.halt(bodyOf(controlBodies.halt, verb, body).deadlineMs) };
    case 'cut':
    case 'destroy':
    case 'reboot':
      bodyOf(controlBodies[verb], verb, body);
      await machine[verb]();
      return machine.status;
    case 'resize':
      await machine.resize(bodyOf(controlBodies.resize, verb, body));
      return machine.status;
    case 'impair': {
      const { impairment } = bodyOf(controlBodies.impair, verb, body);
      await machine.impairments.impair(machine.initPid, impairment);
      return machine.status;
    }
    case 'lift':
      await machine.impairments.lift(bodyOf(controlBodies.lift, verb, body).impairment.kind);
      return machine.status;
    case 'exec': {
      const { argv, deadlineMs } = bodyOf(controlBodies.exec, verb, body);
      return execInMachine(machine.awakePid, argv, deadlineMs);
    }
    case 'wait-booted': {
      const { deadlineMs } = bodyOf(controlBodies[verb], verb, body);
      await machine.waitRebooted(deadlineMs);
      return execInMachine(machine.awakePid, ['systemctl', 'is-system-running', '--wait'], deadlineMs);
    }
    default:
      throw new LabError({
        code: 'internal.control',
        cause: `the supervisor knows no verb ${verb}`,
        next: 'lab destroy && lab up',
      });
  }
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
