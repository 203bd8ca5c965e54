import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LabError } from '#errors/lab-error.ts';
import type { Log } from '../daemon/log.ts';
import { fleetVersion } from '../registry/records.ts';
import type { Registry } from '../registry/registry.ts';
import { discoveryDocument } from './discovery.ts';
import { machinesResource } from './machines.ts';
import { ApiError, errorReply, type Reply } from './reply.ts';
import { readBody, type ApiRequest } from './request.ts';
import { stateResource } from './state.ts';
import { unitsResource } from './units.ts';
import { noEtcd, watchResource } from './watch.ts';

export interface ApiOptions {
  /** Entries on one page of an answer. */
  readonly pageSize: number;
  /** What GET /metrics answers with. */
  readonly metrics: () => string;
}

/**
 * Serves fleet's HTTP API v1 (fleet documentation, "fleet API v1") on `unix:///path` and `host:port` addresses.
 * Answers 503 on every path while etcd does not answer.
 * @returns the real addresses (port 0 resolved) and how to stop
 */
export async function serveApi(
  registry: Registry,
  listen: readonly string[],
  log: Log,
  options: ApiOptions,
): Promise<{ addresses: string[]; close(): Promise<void> }> {
  const servers: Server[] = [];
  const addresses: string[] = [];
  const resources = resourcesOf(registry);
  for (const address of listen) {
    const server = createServer((request, response) => void answer(resources, request, response, log, options));
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;
    await open(server, address);
    servers.push(server);
    const bound = server.address();
    addresses.push(typeof bound === 'object' && bound !== null ? `http://${bound.address}:${bound.port}` : address);
  }
  log('api', { event: 'listening', on: addresses.join(',') });
  const close = async (): Promise<void> => {
    await Promise.all(
      servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  };
  return { addresses, close };
}

async function open(server: Server, address: string): Promise<void> {
  const path = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
  const [, host, port] = /^(?:tcp:\/\/|http:\/\/)?(.+):(\d+)$/.exec(address) ?? [];
  if (path === undefined && (host === undefined || port === undefined)) {
    throw new LabError({
      code: 'config.listen',
      cause: `"${address}" is no address to listen on`,
      next: 'use unix:///run/fleet.sock or 0.0.0.0:49153',
    });
  }
  // A socket file left by a killed daemon would refuse the new one.
  if (path !== undefined) await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).once('listening', resolve);
    if (path !== undefined) server.listen(path);
    else server.listen(Number(port), host);
  });
  // User core runs fleetctl without sudo, as on CoreOS.
  if (path !== undefined) await chmod(path, 0o666);
}

const serverName = `fleetd/${fleetVersion}`;

type Resource = (request: ApiRequest) => Promise<Reply>;

function resourcesOf(registry: Registry): ReadonlyMap<string, Resource> {
  return new Map<string, Resource>([
    ['machines', (request) => machinesResource(registry, request)],
    ['units', (request) => unitsResource(registry, request)],
    ['state', (request) => stateResource(registry, request)],
    ['watch', watchResource(registry)],
    ['discovery', async (request) => discoveryResource(request)],
  ]);
}

function discoveryResource({ path, method, host }: ApiRequest): Reply {
  if (path.length === 1 && method === 'GET') return { status: 200, body: discoveryDocument(host) };
  throw new ApiError(404, '');
}

async function answer(
  resources: ReadonlyMap<string, Resource>,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
  options: ApiOptions,
): Promise<void> {
  const reply = await route(resources, request, options).catch((error: unknown): Reply => {
    if (error instanceof ApiError) return errorReply(error.status, error.message);
    if (error instanceof LabError && /^timeout\.|^internal\.etcd$/.test(error.code)) {
      log('api', {
        event: 'no-etcd',
        request: `${request.method} ${request.url}`,
        cause: error.message,
        evidence: error.evidence.join('; '),
      });
      return errorReply(503, noEtcd);
    }
    log('api', { event: 'failed', request: `${request.method} ${request.url}`, cause: String(error) });
    return errorReply(500, '');
  });
  if (reply.stream !== undefined) {
    response.writeHead(reply.status, { Server: serverName, 'Content-Type': 'application/x-ndjson' });
    return reply.stream(response);
  }
  const text = reply.text ?? (reply.body === undefined ? '' : `${JSON.stringify(reply.body)}\n`);
  const type = reply.text === undefined ? 'application/json' : 'text/plain; version=0.0.4; charset=utf-8';
  response.writeHead(reply.status, {
    Server: serverName,
    ...(text !== '' && { 'Content-Type': type }),
    ...(reply.status !== 204 && { 'Content-Length': Buffer.byteLength(text) }),
    // What was not read of a refused body must not be taken for the next request.
    ...(reply.status >= 400 && { Connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function route(
  resources: ReadonlyMap<string, Resource>,
  request: IncomingMessage,
  options: ApiOptions,
): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://fleet');
  if (url.pathname === '/metrics') {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new ApiError(405, '');
    return { status: 200, text: options.metrics() };
  }
  const [, below] = /^\/(?:fleet\/v1|v1-alpha)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (url.pathname === '/' || url.pathname === '/fleet/v1') throw new ApiError(405, '');
  const path = (below ?? '').split('/').map(decode);
  if (path.length > 2 || path.some((part) => part === '')) throw new ApiError(404, '');
  const api: ApiRequest = {
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    pageSize: options.pageSize,
    // Only HTTP/1.0 may leave it out.
    host: request.headers.host || 'localhost',
    contentType: request.headers['content-type'],
    body: () => readBody(request),
  };
  const resource = resources.get(path[0] ?? '');
  if (resource === undefined) throw new ApiError(404, '');
  return resource(api);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(400, 'malformed URL');
  }
}
