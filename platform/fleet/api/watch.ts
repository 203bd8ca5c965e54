import type { ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { watchBeatMs } from '../client/wire.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { Registry } from '../registry/registry.ts';
import { machineBodyOf, stateBodyOf, unitBodyOf } from './bodies.ts';
import { ApiError, type Reply } from './reply.ts';
import { readJsonBody, requireJson, type ApiRequest } from './request.ts';
import { readBodyAs } from './unit-change.ts';

const watchBody = z.object({ units: z.array(z.string()).check(z.maxLength(10_000)) });

/** Of one daemon at a time. */
const watchesLimit = 100;
export const noEtcd = 'fleet server unable to communicate with etcd';

/**
 * POST /watch {"units": [names]}, our addition: what becomes of units, without asking again and again. The answer goes on until the client leaves.
 * Its lines are JSON: {"machines": [...]} first and when one changes; {"name", "unit"?, "states"} of each unit first and when something about it
 * changes, `unit` without its options, none when there is no such unit; {} when nothing happens. {"error"} is the last line when etcd does not answer.
 * A client that reads slowly misses what lies between, and nothing of how it is at last.
 */
export function watchResource(registry: Registry): (request: ApiRequest) => Promise<Reply> {
  let open = 0;
  const stream = (copy: Mirror, units: readonly string[]) => (response: ServerResponse) => {
    open += 1;
    response.on('close', () => (open -= 1));
    tell(response, copy, registry.keys, new Set(units));
  };
  /** @throws ApiError 404, 405, 415, 400; 503 when the daemon cannot tell */
  return async (request) => {
    if (request.path.length > 1) throw new ApiError(404, '');
    if (request.method !== 'POST') throw new ApiError(405, 'only POST supported against this resource');
    requireJson(request);
    const { units } = readBodyAs(watchBody, await readJsonBody(request, Object.keys(watchBody.shape)));
    if (open >= watchesLimit) throw new ApiError(503, `${watchesLimit} clients watch this server already`);
    const copy = registry.mirror();
    if (copy === undefined || !(await copy.upToDate())) throw new ApiError(503, noEtcd);
    return { status: 200, stream: stream(copy, units) };
  };
}

function tell(response: ServerResponse, copy: Mirror, keys: FleetKeys, units: ReadonlySet<string>): void {
  const due = new Set(units);
  let machinesDue = true;
  let isFull = false;
  const flush = (): void => {
    if (isFull || response.writableEnded || (due.size === 0 && !machinesDue)) return;
    const { machines } = copy.view();
    const lines = machinesDue ? [JSON.stringify({ machines: machines.map(machineBodyOf) })] : [];
    for (const name of due) lines.push(JSON.stringify(unitLine(copy, name)));
    due.clear();
    machinesDue = false;
    isFull = !response.write(`${lines.join('\n')}\n`);
  };
  const off = copy.onChange((changed) => {
    for (const key of changed) {
      const unit = keys.unitOf(key);
      if (unit !== undefined && units.has(unit)) due.add(unit);
      else if (key.startsWith(keys.machines)) machinesDue = true;
    }
    flush();
  });
  const giveUp = (): void => void response.end(`${JSON.stringify({ error: noEtcd })}\n`);
  const beat = setInterval(() => {
    copy.upToDate().then((isTrue) => {
      if (!isTrue) giveUp();
      else if (!isFull && !response.writableEnded) response.write('{}\n');
    }, giveUp);
  }, watchBeatMs);
  response.on('drain', () => {
    isFull = false;
    flush();
  });
  response.on('close', () => {
    off();
    clearInterval(beat);
  });
  flush();
}

function unitLine(copy: Mirror, name: string): Record<string, unknown> {
  const unit = copy.unit(name);
  const states = copy.statesOf(name);
  if (unit === undefined) return { name, states: states.map(stateBodyOf) };
  const { options: _, ...body } = unitBodyOf(unit, states);
  return { name, unit: body, states: states.map(stateBodyOf) };
}
