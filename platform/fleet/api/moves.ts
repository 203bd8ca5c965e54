import * as z from 'zod/mini';
import { operationsPerTransaction } from '../registry/transactions.ts';
import type { Registry } from '../registry/registry.ts';
import { unitNameProblem } from '../unit/name.ts';
import { ApiError, type Reply } from './reply.ts';
import { readJsonBody, requireJson, type ApiRequest } from './request.ts';
import { readBodyAs } from './unit-change.ts';

const movesBody = z.object({ units: z.array(z.string()).check(z.minLength(1)), from: z.string(), to: z.string() });
const machineIdShape = /^[0-9A-Za-z_.-]+$/;

/** Whoever leads by then carries it out or refuses it; nobody does an hour later what was asked for in an outage. */
const requestSeconds = 10;
/** Each unit is two guards at most, and there is one of the machine. */
const unitsLimit = (operationsPerTransaction - 2) / 2;

/**
 * POST /moves {"units": [names], "from": machine id, "to": machine id}, our addition: asks the engine to move units that are on one machine to another
 * one, all of them or none. Answers 202; the engine refuses what a constraint forbids (GET /why/NAME).
 * @throws ApiError 404, 405, 415, 400; 409 when they are not there, or the other machine is not
 */
export async function movesResource({ store, keys }: Registry, request: ApiRequest): Promise<Reply> {
  if (request.path.length > 1) throw new ApiError(404, '');
  if (request.method !== 'POST') throw new ApiError(405, 'only POST supported against this resource');
  requireJson(request);
  const { units, from, to } = readBodyAs(movesBody, await readJsonBody(request, Object.keys(movesBody.shape)));
  if (units.length > unitsLimit) throw new ApiError(400, `more than ${unitsLimit} units in one request`);
  if (new Set(units).size < units.length) throw new ApiError(400, 'a unit is named twice');
  for (const unit of units) {
    const problem = unitNameProblem(unit);
    if (problem !== undefined) throw new ApiError(400, `${unit}: ${problem}`);
  }
  for (const id of [from, to]) if (!machineIdShape.test(id)) throw new ApiError(400, `"${id}" is no machine id`);
  const lease = await store.grantOnce(requestSeconds);
  const guards = units.flatMap((unit) => [
    { key: keys.job(unit).target, value: from },
    { key: keys.job(unit).object, exists: true as const },
  ]);
  const writes = units.map((unit) => ({ put: keys.job(unit).moveTo, value: to, lease }));
  if (await store.transact([{ key: keys.machine(to), exists: true }, ...guards], writes)) return { status: 202 };
  await store.revokeLease(lease);
  throw new ApiError(
    409,
    'a unit is not on that machine any more, or the machine that it is to move to is not present',
  );
}
