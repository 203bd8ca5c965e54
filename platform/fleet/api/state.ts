import type { Registry } from '../registry/registry.ts';
import { stateBodyOf } from './bodies.ts';
import { pageOf } from './pagination.ts';
import { ApiError, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/**
 * GET /state?unitName=&machineID= and GET /state/<name>. A unit without a state answers 200 {}: the original fleetctl
 * crashes on a 404 here.
 */
export async function stateResource(registry: Registry, request: ApiRequest): Promise<Reply> {
  if (request.method !== 'GET') throw new ApiError(405, 'only GET supported against this resource');
  const [, name] = request.path;
  const unitName = name ?? request.query.get('unitName') ?? '';
  const machineId = request.query.get('machineID') ?? '';
  const { states } = (await registry.now()).view;
  const wanted = states
    .filter((s) => (unitName === '' || s.unit === unitName) && (machineId === '' || s.machineId === machineId))
    .map(stateBodyOf);
  if (name !== undefined) return { status: 200, body: wanted[0] ?? {} };
  return { status: 200, body: pageOf('states', wanted, request) };
}
