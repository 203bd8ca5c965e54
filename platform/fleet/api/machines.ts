import * as z from 'zod/mini';
import type { EtcdStore, Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Registry } from '../registry/registry.ts';
import { machineBodyOf } from './bodies.ts';
import { pageOf } from './pagination.ts';
import { ApiError, type Reply } from './reply.ts';
import { readJsonBody, type ApiRequest } from './request.ts';
import { readBodyAs } from './unit-change.ts';

const patchBody = z.array(
  z.object({ op: z.string(), path: z.string(), value: z.nullish(z.object({ value: z.nullish(z.string()) })) }),
);

/**
 * GET /machines; PATCH /machines sets metadata that outlives the daemon: [{"op":"add|replace|remove",
 * "path":"/<id>/metadata/<key>","value":{"value":"ssd"}}], with any Content-Type or none.
 */
export async function machinesResource(registry: Registry, request: ApiRequest): Promise<Reply> {
  if (request.path.length > 1) throw new ApiError(404, '');
  if (request.method === 'PATCH') {
    const { store, keys } = registry;
    return patchMachines(store, keys, await readJsonBody(request, ['op', 'path', 'value']));
  }
  if (request.method !== 'GET') throw new ApiError(405, 'only GET and PATCH supported against this resource');
  const { machines } = (await registry.now()).view;
  const bodies = machines.map(machineBodyOf);
  return { status: 200, body: pageOf('machines', bodies, request) };
}

async function patchMachines(store: EtcdStore, keys: FleetKeys, json: unknown): Promise<Reply> {
  const operations = readBodyAs(patchBody, json);
  if (operations.length > 100) throw new ApiError(400, 'more than 100 operations in one request');
  const writes = new Map<string, Write>();
  for (const { op, path, value } of operations) {
    const [, id, key] = /^\/([A-Za-z0-9_.-]+)\/metadata\/([A-Za-z0-9_.-]+)$/.exec(path) ?? [];
    if (id === undefined || key === undefined) throw new ApiError(400, `invalid path "${path}"`);
    if (!['add', 'replace', 'remove'].includes(op))
      throw new ApiError(400, `invalid op "${op}": expect add, replace or remove`);
    // An empty value masks what the daemon says.
    const text = op === 'remove' ? '' : value?.value;
    if (typeof text !== 'string' || (op !== 'remove' && text === ''))
      throw new ApiError(400, 'invalid value: expect {"value": "..."}');
    const put = keys.machineMetadata(id, key);
    writes.set(put, { put, value: text });
  }
  await store.transact([], [...writes.values()]);
  return { status: 204 };
}
