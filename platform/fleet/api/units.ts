import type { Registry } from '../registry/registry.ts';
import { unitNameProblem } from '../unit/name.ts';
import { statesByUnit, unitBodyOf } from './bodies.ts';
import { pageOf } from './pagination.ts';
import { patchUnits } from './patch-units.ts';
import { ApiError, type Reply } from './reply.ts';
import { readJsonBody, requireJson, type ApiRequest } from './request.ts';
import { readUnitChange, unitBodyKeys } from './unit-change.ts';
import { writeUnits } from './write-units.ts';

/** GET and PATCH /units, GET|PUT|DELETE /units/<name>. PATCH is our addition. */
export async function unitsResource(registry: Registry, request: ApiRequest): Promise<Reply> {
  const [, name] = request.path;
  if (name !== undefined) return oneUnit(registry, request, name);
  switch (request.method) {
    case 'GET': {
      const { units, states } = (await registry.now()).view;
      const own = statesByUnit(states);
      const bodies = units.map((u) => ({ currentState: 'inactive', ...unitBodyOf(u, own.get(u.name) ?? []) }));
      return { status: 200, body: pageOf('units', bodies, request) };
    }
    case 'PATCH':
      return patchUnits(registry, request);
    default:
      throw new ApiError(405, `only GET and PATCH supported against this resource`);
  }
}

async function oneUnit(registry: Registry, request: ApiRequest, name: string): Promise<Reply> {
  switch (request.method) {
    case 'GET': {
      const { units, states } = (await registry.now()).view;
      const unit = units.find((u) => u.name === name);
      if (unit === undefined) throw new ApiError(404, 'unit does not exist');
      return { status: 200, body: unitBodyOf(unit, statesByUnit(states).get(name) ?? []) };
    }
    case 'PUT': {
      requireJson(request);
      const json = await readJsonBody(request, unitBodyKeys);
      const problem = unitNameProblem(name);
      if (problem !== undefined) throw new ApiError(400, problem);
      const [status = 204] = await writeUnits(registry, [readUnitChange(name, json)]);
      return { status };
    }
    case 'DELETE': {
      const { store, keys } = registry;
      // By prefix: a unit whose keys somebody spoilt can be removed too.
      if (unitNameProblem(name) === undefined && (await store.deletePrefix(keys.job(name).all)) > 0)
        return { status: 204 };
      throw new ApiError(404, 'unit does not exist');
    }
    default:
      throw new ApiError(405, 'only GET, PUT and DELETE supported against this resource');
  }
}
