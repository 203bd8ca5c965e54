import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Credentials } from '../auth/credentials.ts';
import { serverName } from '../cluster/identity.ts';
import type { Log } from '../server/log.ts';
import type { RestRequest, RestResponse, Route } from './exchange.ts';
import { route } from './router.ts';

/** Largest request body, bytes: design documents and forms are far smaller. */
const maxBodyBytes = 4 * 1024 * 1024;

/** Time for a request to arrive whole, ms. */
const requestTimeoutMs = 30_000;

/** Connections of one listener. */
const maxConnections = 1000;

/** An HTTP listener over a table of routes. Handlers are synchronous; a handler that throws is a 500 with a logged reason. */
export function createHttpServer(args: {
  routes: readonly Route[];
  credentials: () => Credentials | undefined;
  log: Log;
}): Server {
  const { routes, credentials, log } = args;
  const server = createServer((incoming, outgoing) => {
    readBody(incoming).then(
      (body) => {
        const response = answer(body);
        send(outgoing, response);
        runAfterwards(response);
      },
      // The client went away while sending: nobody is left to answer.
      () => outgoing.destroy(),
    );

    function answer(body: string | undefined): RestResponse {
      if (body === undefined) return { status: 413, text: `a body may have ${maxBodyBytes} bytes` };
      try {
        return route(routes, credentials(), toRequest(incoming, body));
      } catch (error) {
        log.warn(`${incoming.method ?? ''} ${incoming.url ?? ''} failed: ${describe(error)}`);
        return {
          status: 500,
          json: { error: 'internal', reason: 'the server made a mistake; its log has the details' },
        };
      }
    }
  });
  // SDKs keep idle connections for a second and more; closing earlier than they do would race with their next request.
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  server.maxConnections = maxConnections;
  return server;

  function runAfterwards(response: RestResponse): void {
    setImmediate(() => {
      try {
        response.afterwards?.();
      } catch (error) {
        log.warn(`work after an answer failed: ${describe(error)}`);
      }
    });
  }
}

/** The body, or undefined when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function toRequest(incoming: IncomingMessage, body: string): RestRequest {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return {
    method: incoming.method ?? 'GET',
    path: path.length > 1 ? path.replace(/\/+$/u, '') || '/' : path,
    query: new URLSearchParams(query.join('?')),
    body,
    headers: incoming.headers,
  };
}

// ns_server says "Object Not Found", and couchbase-cli prints the phrase.
const reasons: Readonly<Record<number, string>> = { 404: 'Object Not Found' };

function send(outgoing: ServerResponse, response: RestResponse): void {
  const body = response.json === undefined ? (response.text ?? '') : JSON.stringify(response.json);
  const type = response.json === undefined ? 'text/plain;charset=utf-8' : 'application/json';
  const headers = {
    Server: serverName,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache,no-store,must-revalidate',
    ...response.headers,
  };
  const reason = reasons[response.status];
  if (reason === undefined) outgoing.writeHead(response.status, headers);
  else outgoing.writeHead(response.status, reason, headers);
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : body);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
