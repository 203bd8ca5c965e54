import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
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

/** Answers of one listener that their clients have not taken, together, bytes; pieces, of which one at a time is kept, are not among them. */
const waitingBytes = 32 * 1024 * 1024;

/** An answer of so many bytes is sent whatever waits: on each connection it is less than what the kernel keeps for it. */
const smallBytes = 64 * 1024;

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
  const waiting = new Quota(waitingBytes);
  const server = createServer((incoming, outgoing) => {
    void answer(incoming).then(
      async (response) => {
        await send(outgoing, response, waiting).catch(() => outgoing.destroy());
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

async function send(outgoing: ServerResponse, response: RestResponse, waiting: Quota): Promise<void> {
  outgoing.setTimeout(idleClientMs, () => outgoing.destroy());
  if (response.jsonPieces !== undefined && outgoing.req.method !== 'HEAD') {
    outgoing.writeHead(response.status, headersOf(response, true));
    return sendPieces(outgoing, response.jsonPieces);
  }
  if (!mayWait(response.jsonLater?.leastBytes ?? 0, waiting)) return sendBusy(outgoing);
  const json = jsonOf(response);
  const isJson = json !== undefined || response.jsonPieces !== undefined;
  const body = Buffer.from(json ?? response.text ?? '');
  const headers = { ...headersOf(response, isJson), 'Content-Length': body.length };
  if (outgoing.req.method === 'HEAD') return sendWhole(outgoing, response.status, headers);
  if (!mayWait(body.length, waiting)) return sendBusy(outgoing);
  waiting.add(body.length);
  outgoing.once('close', () => waiting.add(-body.length));
  sendWhole(outgoing, response.status, headers, body);
}

/** What is small always may, and what is larger than all may be if nothing else waits. */
function mayWait(bytes: number, waiting: Quota): boolean {
  return bytes <= smallBytes || waiting.usedBytes === 0 || waiting.allows(bytes);
}

function jsonOf({ json, jsonLater, jsonText }: RestResponse): string | undefined {
  const value = jsonLater === undefined ? json : jsonLater.make();
  return value === undefined ? jsonText : JSON.stringify(value);
}

function sendBusy(outgoing: ServerResponse): void {
  const text = 'too many answers wait for their clients; try again';
  sendWhole(outgoing, 503, headersOf({ status: 503 }, false), Buffer.from(text));
}

function headersOf(response: RestResponse, isJson: boolean): OutgoingHttpHeaders {
  return {
    Server: serverName,
    'Content-Type': isJson ? 'application/json' : 'text/plain;charset=utf-8',
    'Cache-Control': 'no-cache,no-store,must-revalidate',
    ...response.headers,
  };
}

function sendWhole(outgoing: ServerResponse, status: number, headers: OutgoingHttpHeaders, body?: Buffer): void {
  const reason = reasons[status];
  if (reason === undefined) outgoing.writeHead(status, headers);
  else outgoing.writeHead(status, reason, headers);
  outgoing.end(body);
}

/** Asks for the next piece when the client has taken the one before. */
async function sendPieces(outgoing: ServerResponse, pieces: AsyncIterable<Buffer>): Promise<void> {
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
