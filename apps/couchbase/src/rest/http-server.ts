import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Quota } from '../bucket/quota.ts';
import { serverName } from '../cluster/identity.ts';
import type { Log } from '../server/log.ts';
import type { Guard } from './caller.ts';
import type { RequestHead, RestResponse, Route } from './exchange.ts';
import { admit } from './router.ts';

/** Largest request body where the route does not say otherwise, bytes: design documents and forms are far smaller. */
const standardBodyBytes = 4 * 1024 * 1024;

/** Bodies that arrive at one listener, together, bytes: whoever may ask could hold one on each connection. */
const arrivingBytes = 64 * 1024 * 1024;

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
  const arriving = new Quota(arrivingBytes);
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
      await readBody(incoming, 0, arriving);
      return admission.refused;
    }
    const { handle, maxBodyBytes = standardBodyBytes } = admission;
    const body = await readBody(incoming, maxBodyBytes, arriving);
    if (body === 'too large') return { status: 413, text: `a body may have ${maxBodyBytes} bytes` };
    if (body === 'too many') return { status: 503, text: 'too much is arriving at once; try again' };
    try {
      const response = await handle(body.text);
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

/** The body, or why it was not kept: nothing beyond a limit is. */
async function readBody(
  incoming: IncomingMessage,
  maxBodyBytes: number,
  arriving: Quota,
): Promise<{ readonly text: string } | 'too large' | 'too many'> {
  let chunks: Buffer[] = [];
  let [size, kept] = [0, 0];
  let refused: 'too large' | 'too many' | undefined;
  const letGo = (): void => {
    arriving.add(-kept);
    chunks = [];
    kept = 0;
  };
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (refused !== undefined) continue;
      if (size > maxBodyBytes) refused = 'too large';
      else if (!arriving.allows(chunk.length)) refused = 'too many';
      if (refused === undefined) {
        chunks.push(chunk);
        kept += chunk.length;
        arriving.add(chunk.length);
      } else letGo();
    }
    return refused ?? { text: Buffer.concat(chunks).toString('utf8') };
  } finally {
    letGo();
  }
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
