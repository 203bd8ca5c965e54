import type { EtcdStore } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { StateRecord } from '../registry/records.ts';
import { viewOf } from '../registry/view.ts';
import { pageOf } from './pagination.ts';
import { ApiError, withoutEmpty, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/**
 * GET /state?unitName=&machineID= and GET /state/<name>. A unit without a state answers 200 {}: the original fleetctl
 * crashes on a 404 here. `message` (why the agent could not load or start it) is our addition.
 */
export async function stateResource(store: EtcdStore, keys: FleetKeys, request: ApiRequest): Promise<Reply> {
  if (request.method !== 'GET') throw new ApiError(405, 'only GET supported against this resource');
  const [, name] = request.path;
  const unitName = name ?? request.query.get('unitName') ?? '';
  const machineId = request.query.get('machineID') ?? '';
  const { items } = await store.list(unitName === '' ? keys.states : keys.statesOf(unitName));
  const { states } = viewOf(
    keys,
    items.map((i) => [i.key, i.value] as const),
  );
  const wanted = states.filter((s) => machineId === '' || s.machineId === machineId).map(stateBody);
  if (name !== undefined) return { status: 200, body: wanted[0] ?? {} };
  return { status: 200, body: pageOf('states', wanted, request.query.get('nextPageToken')) };
}

function stateBody(s: StateRecord): Record<string, unknown> {
  return withoutEmpty({
    name: s.unit,
    hash: s.hash,
    machineID: s.machineId,
    systemdLoadState: s.load,
    systemdActiveState: s.active,
    systemdSubState: s.sub,
    message: s.message,
  });
}
