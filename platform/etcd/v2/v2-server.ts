import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { posix } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { bodyReader } from './body-reader.ts';
import { readMembers, type V2UrlOf } from './cluster.ts';
import { bytesOf, goPath, percentDecoded } from './form.ts';
import { allow, clusterHeader, redirect, send, sendError, sendJson, sendMessage, sendText } from './http.ts';
import { asGoServes, isRefused } from './http-rules.ts';
import { inOrder } from './in-order.ts';
import { inTurn } from './in-turn.ts';
import type { KeysParts, Limits } from './keys-parts.ts';
import { http2Member } from './member.ts';
import { passHttp2 } from './pass-http2.ts';
import { passOn } from './pass-on.ts';
import { serveKeys } from './serve-keys.ts';
import { serveStats, type StatsParts } from './serve-stats.ts';
import { storeStats } from './store-stats.ts';
import { watchHub } from './watch-hub.ts';

/** A port, a path of a socket, or a socket that listens already. */
export type ListenAddress =
  { readonly port: number; readonly host?: string } | { readonly path: string } | { readonly fd: number };

export interface V2Server {
  /** Answers there, too, and is to the rest the member's own client port. Resolves when it does; rejects when the place is taken. */
  listen(where: ListenAddress): Promise<Server>;
  /** Ends open watches and the connections to etcd. */
  close(): Promise<void>;
}

/** Of etcd itself: a v3 request may have 1.5 MB (--max-request-bytes), the form around a value included; Go's header limit. */
const ofEtcd = { body: 1_536 * 1024, headers: 1024 * 1024 };

export const usualLimits: Limits = {
  body: ofEtcd.body,
  bodies: 48 * 1024 * 1024,
  connections: 12_000,
  watches: 10_000,
  depth: 40,
  copy: { reads: 50, bytes: 32 * 1024 * 1024 },
};

/**
 * etcd's v2 HTTP API on one member's v3 store.
 * @param endpoint of the member
 * @param timeoutMs after which a request to etcd that has no answer is error 300
 * @param v2UrlOf where the v2 API of a member answers
 */
export function v2Server(opts: { endpoint: string; timeoutMs: number; v2UrlOf: V2UrlOf; limits?: Limits }): V2Server {
  const { limits = usualLimits } = opts;
  const member = http2Member(opts.endpoint, opts.timeoutMs, limits.copy);
  const hub = watchHub(member);
  const parts: Parts = {
    member,
    hub,
    stats: storeStats(),
    turns: inTurn(),
    limits,
    readBody: bodyReader(limits.body, limits.bodies),
    v2UrlOf: opts.v2UrlOf,
    agent: new Agent({ keepAlive: true }),
  };
  const servers: Server[] = [];
  const cuts: (() => void)[] = [];
  return {
    async listen(where) {
      const answer = inOrder((req, res) => {
        res.on('error', () => res.destroy());
        if (isRefused(req)) return;
        route(parts, req, res).catch((error: unknown) => fail(req, res, error));
      });
      const server = createServer(ofConnections, answer);
      server.maxConnections = limits.connections;
      asGoServes(server);
      cuts.push(passHttp2(server, opts.endpoint));
      servers.push(server);
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
      return server;
    },
    async close() {
      hub.close();
      for (const cut of cuts) cut();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      parts.agent.destroy();
      await member.close();
    },
  };
}

const ofConnections: ServerOptions = {
  maxHeaderSize: ofEtcd.headers,
  // Told by `isRefused`.
  requireHostHeader: false,
  // On which nothing is asked.
  keepAliveTimeout: 60_000,
  // For a request to have come whole.
  requestTimeout: 60_000,
  // A client whose machine was cut off says no goodbye, and a watch sends nothing that would find it out.
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
};

interface Parts extends KeysParts, StatsParts {
  /** Of requests that are passed on. */
  readonly agent: Agent;
}

async function route(parts: Parts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = (req.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const at = url.indexOf('?');
  const [escaped, query] = at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const decoded = percentDecoded(escaped);
  if ('bad' in decoded) return sendText(res, 400, '400 Bad Request');
  if (req.method === 'OPTIONS') return send(res, 200, {}, '');
  const path = decoded.text;
  const clean = cleaned(path);
  if (!/^\/v2(?:\/|$)/.test(clean)) return passOn(parts.member.endpoint, parts.agent, req, res);
  if (clean !== path) return redirect(req, res, goPath(cleaned(bytesOf(escaped))) + (query === '' ? '' : `?${query}`));
  if (path === '/v2/keys' || path.startsWith('/v2/keys/')) return serveKeys(parts, req, res, keyOf(path), query);
  if (path === '/v2/machines') return serveMachines(parts, req, res);
  if (path === '/v2/members' || path.startsWith('/v2/members/')) return serveMembers(parts, req, res, path);
  if (path.startsWith('/v2/stats/')) return serveStats(parts, req, res, path.slice('/v2/stats/'.length));
  sendError(res, 404, '404 page not found');
}

/** As Go's ServeMux wants a path: a slash at the end stays. */
function cleaned(path: string): string {
  return posix.normalize(path.startsWith('/') ? path : `/${path}`);
}

function keyOf(path: string): string {
  const key = path.slice('/v2/keys'.length).replace(/\/$/, '');
  return key === '' ? '/' : key;
}

async function serveMachines({ member, v2UrlOf }: Parts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!allow(req, res, ['GET', 'HEAD'])) return;
  const members = await readMembers(member, v2UrlOf);
  sendText(res, 200, members.flatMap(({ clientURLs }) => clientURLs).join(', '));
}

/** Members are added and removed by v3's clients (`etcdctl member add`): here they are only read. */
async function serveMembers(
  { member, v2UrlOf }: Parts,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  if (!allow(req, res, ['GET'])) return;
  const [status, members] = await Promise.all([member.status(), readMembers(member, v2UrlOf)]);
  const name = path.slice('/v2/members'.length).replace(/^\//, '');
  const leader = members.find(({ id }) => id === status.leaderId);
  if (name === '') sendJson(res, 200, clusterHeader(status), { members });
  else if (name !== 'leader') sendMessage(res, 404, 'Not found', clusterHeader(status));
  else if (leader) sendJson(res, 200, clusterHeader(status), leader);
  else sendMessage(res, 503, 'During election', clusterHeader(status));
}

function fail(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  // The client hung up; nobody is left to be told.
  if (req.destroyed && !req.complete) return;
  if (res.headersSent) return void res.destroy();
  const known = error instanceof LabError;
  if (!known) console.error(error);
  sendMessage(res, known ? 503 : 500, error instanceof Error ? error.message : String(error));
}
