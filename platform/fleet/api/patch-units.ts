import * as z from 'zod/mini';
import type { Registry } from '../registry/registry.ts';
import { transactionsOf } from '../registry/transactions.ts';
import { unitNameProblem } from '../unit/name.ts';
import { ApiError, type Reply } from './reply.ts';
import { readJsonBody, requireJson, type ApiRequest } from './request.ts';
import { readBodyAs, readUnitChange, unitBody, unitBodyKeys } from './unit-change.ts';
import { writeUnits } from './write-units.ts';

/** Far more than a person starts at once, and what is written of them in some tenths of a second. */
const operationsLimit = 2000;

const patchBody = z.array(z.extend(unitBody, { op: z.enum(['set', 'destroy']), name: z.string() }));

/**
 * PATCH /units, our addition: many units as one. [{"op":"set", "name", "options"?, "desiredState"?}, {"op":"destroy", "name"}] does for each what
 * PUT and DELETE do; when one cannot be done, nothing is. A unit that is not there is destroyed already.
 * Answers {"results": [{"name", "status"}]}, in the order of the operations, with the status that PUT and DELETE have.
 * @throws ApiError 400, 409, 415
 */
export async function patchUnits(registry: Registry, request: ApiRequest): Promise<Reply> {
  requireJson(request);
  const operations = readBodyAs(patchBody, await readJsonBody(request, [...unitBodyKeys, 'op']));
  if (operations.length > operationsLimit)
    throw new ApiError(400, `more than ${operationsLimit} operations in one request`);
  const names = new Set<string>();
  for (const { name } of operations) {
    const problem = names.has(name) ? 'is named twice' : unitNameProblem(name);
    if (problem !== undefined) throw new ApiError(400, `${name}: ${problem}`);
    names.add(name);
  }
  const set = operations.filter(({ op }) => op === 'set');
  const destroyed = operations.flatMap(({ op, name }) => (op === 'destroy' ? [name] : []));
  const statuses = new Map<string, number>();
  const written = await writeUnits(
    registry,
    set.map((operation) => readUnitChange(operation.name, operation)),
  );
  for (const [i, { name }] of set.entries()) statuses.set(name, written[i] ?? 204);
  for (const name of await destroyUnits(registry, destroyed)) statuses.set(name, 404);
  return {
    status: 200,
    body: { results: operations.map(({ name }) => ({ name, status: statuses.get(name) ?? 204 })) },
  };
}

/** @returns those that were not there */
async function destroyUnits(registry: Registry, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const missing = ({ units }: { units: readonly { name: string }[] }): string[] => {
    const there = new Set(units.map((u) => u.name));
    return names.filter((name) => !there.has(name));
  };
  const unknown = missing((await registry.lately()).view).length > 0 ? missing((await registry.now()).view) : [];
  const deletions = names.map((name) => ({
    guards: [],
    writes: [{ delete: registry.keys.job(name).all, prefix: true }],
  }));
  for (const { writes } of transactionsOf(deletions)) await registry.store.transact([], writes);
  return unknown;
}
