import { machinesResource } from '#platform/fleet/api/machines.ts';
import { defaultPageSize } from '#platform/fleet/api/pagination.ts';
import { ApiError, errorReply, type Reply } from '#platform/fleet/api/reply.ts';
import type { ApiRequest } from '#platform/fleet/api/request.ts';
import { unitsResource } from '#platform/fleet/api/units.ts';
import type { Registry } from '#platform/fleet/registry/registry.ts';
import { LabError } from '#errors/lab-error.ts';

/** A request of fleet's API v1 as it comes out of HTTP: the path below /fleet/v1, the body as JSON. */
export interface ApiCall {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: readonly string[];
  readonly body?: unknown;
}

/** Answers as fleetd's server does (api/serve.ts), without HTTP: 503 while etcd does not answer. Never throws. */
export async function answerCall(registry: Registry, { method, path, body }: ApiCall): Promise<Reply> {
  const request: ApiRequest = {
    method,
    path,
    query: new URLSearchParams(),
    pageSize: defaultPageSize,
    host: 'fleet',
    contentType: 'application/json',
    body: async () => JSON.stringify(body),
  };
  const resource = path[0] === 'machines' ? machinesResource : unitsResource;
  return resource(registry, request).catch((error: unknown): Reply => {
    if (error instanceof ApiError) return errorReply(error.status, error.message);
    if (error instanceof LabError && /^timeout\.|^internal\.etcd$/.test(error.code))
      return errorReply(503, error.message);
    return errorReply(500, String(error));
  });
}
