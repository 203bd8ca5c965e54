import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { LabError } from '#errors/lab-error.ts';
import type { Log } from '../parts/log.ts';
import { fleetVersion } from '../registry/records.ts';
import type { Registry } from '../registry/registry.ts';
import { discoveryDocument } from './discovery.ts';
import type { ApiGuard } from './guard.ts';
import { machinesResource } from './machines.ts';
import { movesResource } from './moves.ts';
import { ApiError, errorReply, type Reply } from './reply.ts';
import { readBody, type ApiRequest } from './request.ts';
import { stateResource } from './state.ts';
import { unitsResource } from './units.ts';
import { noEtcd, watchResource } from './watch.ts';
import { whyResource } from './why.ts';

export interface ApiOptions {
  /** Entries on one page of an answer. */
  readonly pageSize: number;
  /** What GET /metrics answers with. */
  readonly metrics: () => string;
  /** Who may come by TCP; undefined: anybody. Who may open the unix socket is the file system's to say. */
  readonly guard?: ApiGuard | undefined;
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
    const isUnix = address.startsWith('unix:');
    const guard = isUnix ? undefined : options.guard;
    const server = listener(guard, (request, response) => {
      if (guard?.admits(request) === false) turnAway(response);
      else void answer(resources, request, response, log, options);
    });
    server.headersTimeout = guard === undefined ? 10_000 : strangerMs;
    server.requestTimeout = 30_000;
    await open(server, address, options.guard === undefined);
    servers.push(server);
    const bound = server.address();
    const scheme = guard?.tls === undefined ? 'http' : 'https';
    addresses.push(
      typeof bound === 'object' && bound !== null ? `${scheme}://${bound.address}:${bound.port}` : address,
    );
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

/** How long somebody who has not shown who they are may take for a handshake, and for the head of a request. */
const strangerMs = 5_000;
/** As many as a lab's clients will ever be; beyond them connections are closed at once. */
const guardedConnections = 500;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

function listener(guard: ApiGuard | undefined, listen: Listener): Server {
  if (guard === undefined) return createServer(listen);
  const { tls } = guard;
  // A client without a certificate is told so in HTTP; a broken handshake would say nothing.
  const asks = { requestCert: tls?.ca !== undefined, rejectUnauthorized: false, handshakeTimeout: strangerMs };
  // Node looks for requests that are late every 30 s otherwise.
  const looks = { connectionsCheckingInterval: 1000 };
  const server =
    tls === undefined ? createServer(looks, listen) : createTlsServer({ ...looks, ...tls, ...asks }, listen);
  server.maxConnections = guardedConnections;
  return server;
}

/** 401, without reading what else was sent; the connection ends with it. */
function turnAway(response: ServerResponse): void {
  const text = `${JSON.stringify(errorReply(401, 'no valid token or client certificate').body)}\n`;
  response.writeHead(401, {
    Server: serverName,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'WWW-Authenticate': 'Bearer realm="fleet"',
    Connection: 'close',
  });
  response.end(text, () => response.socket?.destroySoon());
}

async function open(server: Server, address: string, isForAll: boolean): Promise<void> {
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
  // User core runs fleetctl without sudo, as on CoreOS. Where the API asks who comes, this door is root's.
  if (path !== undefined) await chmod(path, isForAll ? 0o666 : 0o600);
}

const serverName = `fleetd/${fleetVersion}`;

type Resource = (request: ApiRequest) => Promise<Reply>;

function resourcesOf(registry: Registry): ReadonlyMap<string, Resource> {
  return new Map<string, Resource>([
    ['machines', (request) => machinesResource(registry, request)],
    ['units', (request) => unitsResource(registry, request)],
    ['state', (request) => stateResource(registry, request)],
    ['moves', (request) => movesResource(registry, request)],
    ['why', (request) => whyResource(registry, request)],
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
    // Whoever left while etcd was asked: nothing would ever end what is told to nobody.
    if (response.destroyed) return;
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
