import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serverName } from '../cluster/identity.ts';
import type { Log } from '../server/log.ts';
import type { Guard } from './caller.ts';
import type { RequestHead, RestResponse, Route } from './exchange.ts';
import { admit } from './router.ts';

/** Largest request body where the route does not say otherwise, bytes: design documents and forms are far smaller. */
const standardBodyBytes = 4 * 1024 * 1024;

/** Time for a request to arrive whole, ms. */
const requestTimeoutMs = 30_000;

/** Connections of one listener. */
const maxConnections = 1000;

/** Time in which a client has to take some of an answer, ms. */
const idleClientMs = 60_000;

/** An HTTP listener over a table of routes. A handler that throws is a 500 with a logged reason. */
export function createHttpServer(args: {
  routes: readonly Route[];
  guard: Guard;
  log: Log;
  /** Is called before each answer: what it tells of is kept then. */
  commit: () => void;
}): Server {
  const { routes, guard, log, commit } = args;
  const server = createServer((incoming, outgoing) => {
    void answer(incoming).then(
      async (response) => {
        await send(outgoing, response).catch(() => outgoing.destroy());
        await runAfterwards(response);
      },
      // The client went away while sending: nobody is left to answer.
      () => outgoing.destroy(),
    );
  });
  // SDKs keep idle connections for a second and more; closing earlier than they do would race with their next request.
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  server.maxConnections = maxConnections;
  return server;

  async function answer(incoming: IncomingMessage): Promise<RestResponse> {
    const admission = admit(routes, guard, headOf(incoming));
    if ('refused' in admission) {
      await readBody(incoming, 0);
      return admission.refused;
    }
    const { handle, maxBodyBytes = standardBodyBytes } = admission;
    const body = await readBody(incoming, maxBodyBytes);
    if (body === undefined) return { status: 413, text: `a body may have ${maxBodyBytes} bytes` };
    try {
      const response = await handle(body);
      commit();
      return response;
    } catch (error) {
      log.warn(`${incoming.method ?? ''} ${incoming.url ?? ''} failed: ${describe(error)}`);
      return {
        status: 500,
        json: { error: 'internal', reason: 'the server made a mistake; its log has the details' },
      };
    }
  }

  async function runAfterwards(response: RestResponse): Promise<void> {
    await new Promise<void>((wake) => void setImmediate(wake));
    try {
      await response.afterwards?.();
    } catch (error) {
      log.warn(`work after an answer failed: ${describe(error)}`);
    }
  }
}

/** The body, or undefined when it is too large; nothing beyond the limit is kept. */
async function readBody(incoming: IncomingMessage, maxBodyBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function headOf(incoming: IncomingMessage): RequestHead {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return {
    method: incoming.method ?? 'GET',
    path: path.length > 1 ? path.replace(/\/+$/u, '') || '/' : path,
    query: new URLSearchParams(query.join('?')),
    headers: incoming.headers,
  };
}

// ns_server says "Object Not Found", and couchbase-cli prints the phrase.
const reasons: Readonly<Record<number, string>> = { 404: 'Object Not Found' };

async function send(outgoing: ServerResponse, response: RestResponse): Promise<void> {
  const json = response.json === undefined ? response.jsonText : JSON.stringify(response.json);
  const isJson = json !== undefined || response.jsonPieces !== undefined;
  const headers = {
    Server: serverName,
    'Content-Type': isJson ? 'application/json' : 'text/plain;charset=utf-8',
    'Cache-Control': 'no-cache,no-store,must-revalidate',
    ...response.headers,
  };
  if (response.jsonPieces !== undefined && outgoing.req.method !== 'HEAD') {
    outgoing.writeHead(response.status, headers);
    return sendPieces(outgoing, response.jsonPieces);
  }
  const body = json ?? response.text ?? '';
  const whole = { ...headers, 'Content-Length': Buffer.byteLength(body) };
  const reason = reasons[response.status];
  if (reason === undefined) outgoing.writeHead(response.status, whole);
  else outgoing.writeHead(response.status, reason, whole);
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : body);
}

/** Asks for the next piece when the client has taken the one before. */
async function sendPieces(outgoing: ServerResponse, pieces: AsyncIterable<Buffer>): Promise<void> {
  outgoing.setTimeout(idleClientMs, () => outgoing.destroy());
  try {
    await pipeline(Readable.from(pieces, { highWaterMark: 1 }), outgoing);
  } catch {
    // Either the client went away, or the pieces ended before their end: half an answer must not look like a whole one.
    outgoing.destroy();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
