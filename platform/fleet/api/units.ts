import type { EtcdStore } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { StateRecord, UnitRecord } from '../registry/records.ts';
import { currentState, viewOf, type FleetView } from '../registry/view.ts';
import { unitNameProblem } from '../unit/name.ts';
import { pageOf } from './pagination.ts';
import { putUnit, unitBodyKeys } from './put-unit.ts';
import { ApiError, withoutEmpty, type Reply } from './reply.ts';
import { readJsonBody, requireJson, type ApiRequest } from './request.ts';

/** GET /units, GET|PUT|DELETE /units/<name>. `reason` (why no machine can take the unit, one part a machine, divided by
 * `; `) is our addition. */
export async function unitsResource(store: EtcdStore, keys: FleetKeys, request: ApiRequest): Promise<Reply> {
  const [, name] = request.path;
  if (name === undefined) {
    if (request.method !== 'GET') throw new ApiError(405, `only GET supported against this resource`);
    const view = await readAll(store, keys);
    const units = view.units.map((u) => ({ currentState: 'inactive', ...unitBody(u, view.states) }));
    return { status: 200, body: pageOf('units', units, request.query.get('nextPageToken')) };
  }
  switch (request.method) {
    case 'GET': {
      const view = await readOne(store, keys, name);
      const unit = view.units[0];
      if (unit === undefined) throw new ApiError(404, 'unit does not exist');
      return { status: 200, body: unitBody(unit, view.states) };
    }
    case 'PUT': {
      requireJson(request);
      const json = await readJsonBody(request, unitBodyKeys);
      const problem = unitNameProblem(name);
      if (problem !== undefined) throw new ApiError(400, problem);
      return putUnit(store, keys, name, json, (await readOne(store, keys, name)).units[0]);
    }
    case 'DELETE': {
      // By prefix: a unit whose keys somebody spoilt can be removed too.
      if (unitNameProblem(name) === undefined && (await store.deletePrefix(keys.job(name).all)) > 0)
        return { status: 204 };
      throw new ApiError(404, 'unit does not exist');
    }
    default:
      throw new ApiError(405, 'only GET, PUT and DELETE supported against this resource');
  }
}

async function readAll(store: EtcdStore, keys: FleetKeys): Promise<FleetView> {
  const { items } = await store.list(keys.prefix);
  return viewOf(
    keys,
    items.map((i) => [i.key, i.value] as const),
  );
}

async function readOne(store: EtcdStore, keys: FleetKeys, name: string): Promise<FleetView> {
  const [job, states] = await Promise.all([store.list(keys.job(name).all), store.list(keys.statesOf(name))]);
  return viewOf(
    keys,
    [...job.items, ...states.items].map((i) => [i.key, i.value] as const),
  );
}

function unitBody(unit: UnitRecord, states: readonly StateRecord[]): Record<string, unknown> {
  const global = unit.requirements.global;
  return withoutEmpty({
    name: unit.name,
    options: unit.options,
    desiredState: unit.desired,
    currentState: global ? '' : currentState(unit, states),
    machineID: global ? '' : unit.target,
    reason: unit.blocked?.join('; '),
  });
}
