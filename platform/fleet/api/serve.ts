import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LabError } from '#errors/lab-error.ts';
import type { EtcdStore } from '../../etcd/store.ts';
import type { Log } from '../daemon/log.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { fleetVersion } from '../registry/records.ts';
import { discoveryDocument } from './discovery.ts';
import { machinesResource } from './machines.ts';
import { ApiError, errorReply, type Reply } from './reply.ts';
import { readBody, type ApiRequest } from './request.ts';
import { stateResource } from './state.ts';
import { unitsResource } from './units.ts';

/**
 * Serves fleet's HTTP API v1 (fleet documentation, "fleet API v1") on `unix:///path` and `host:port` addresses.
 * Answers 503 on every path while etcd does not answer.
 * @returns the real addresses (port 0 resolved) and how to stop
 */
export async function serveApi(
  store: EtcdStore,
  keys: FleetKeys,
  listen: readonly string[],
  log: Log,
): Promise<{ addresses: string[]; close(): Promise<void> }> {
  const servers: Server[] = [];
  const addresses: string[] = [];
  for (const address of listen) {
    const server = createServer((request, response) => void answer(store, keys, request, response, log));
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

async function answer(
  store: EtcdStore,
  keys: FleetKeys,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const reply = await route(store, keys, request).catch((error: unknown): Reply => {
    if (error instanceof ApiError) return errorReply(error.status, error.message);
    if (error instanceof LabError && /^timeout\.|^internal\.etcd$/.test(error.code)) {
      log('api', {
        event: 'no-etcd',
        request: `${request.method} ${request.url}`,
        cause: error.message,
        evidence: error.evidence.join('; '),
      });
      return errorReply(503, 'fleet server unable to communicate with etcd');
    }
    log('api', { event: 'failed', request: `${request.method} ${request.url}`, cause: String(error) });
    return errorReply(500, '');
  });
  const text = reply.body === undefined ? '' : `${JSON.stringify(reply.body)}\n`;
  response.writeHead(reply.status, {
    Server: `fleetd/${fleetVersion}`,
    ...(text !== '' && { 'Content-Type': 'application/json' }),
    ...(reply.status !== 204 && { 'Content-Length': Buffer.byteLength(text) }),
    // What was not read of a refused body must not be taken for the next request.
    ...(reply.status >= 400 && { Connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function route(store: EtcdStore, keys: FleetKeys, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://fleet');
  const [, below] = /^\/(?:fleet\/v1|v1-alpha)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (url.pathname === '/' || url.pathname === '/fleet/v1') throw new ApiError(405, '');
  const path = (below ?? '').split('/').map(decode);
  if (path.length > 2 || path.some((part) => part === '')) throw new ApiError(404, '');
  const api: ApiRequest = {
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    // Only HTTP/1.0 may leave it out.
    host: request.headers.host || 'localhost',
    contentType: request.headers['content-type'],
    body: () => readBody(request),
  };
  switch (path[0]) {
    case 'machines':
      return machinesResource(store, keys, api);
    case 'units':
      return unitsResource(store, keys, api);
    case 'state':
      return stateResource(store, keys, api);
    case 'discovery':
      if (path.length === 1 && api.method === 'GET') return { status: 200, body: discoveryDocument(api.host) };
      throw new ApiError(404, '');
    default:
      throw new ApiError(404, '');
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(400, 'malformed URL');
  }
}
