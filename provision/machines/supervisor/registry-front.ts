import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { requestTarget } from '../../image/registry/registry.ts';

export interface RegistryFrontOptions {
  readonly host: string;
  readonly port: number;
  /** `address:port` of the lab's registry; undefined while it is started anew. */
  readonly registry: () => string | undefined;
  /** Socket of what pulls through another registry; undefined: not reached. */
  readonly pullThrough: () => Promise<string | undefined>;
  /** SupervisorSpec.upstream.own */
  readonly own: readonly string[];
  /** How long the other registry may take to answer, ms. */
  readonly answerMs: number;
}

/** Machines have three downloads each at once (dockerd(8), --max-concurrent-downloads), and as many uploads. */
export const mostConnections = 256;
const headersMs = 30_000;
/** How long nothing may pass over a connection; a layer may take as long as it does. */
const silenceMs = 600_000;

/**
 * Answers as the lab's registry, and for a pull of what that lacks (a manifest, or a blob of one) as what pulls through another. What the
 * other does not have either, or does not answer, is what the lab's own answered: 404.
 * Source of the paths: Docker Registry HTTP API V2, "Pulling An Image".
 */
export async function startRegistryFront(options: RegistryFrontOptions): Promise<Server> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((asked, answer) => {
    void handle(options, agent, asked, answer).catch(() => answer.destroy());
  });
  server.maxConnections = mostConnections;
  server.headersTimeout = headersMs;
  server.requestTimeout = 0;
  server.timeout = silenceMs;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}

/** Whether a request may be answered by another registry. Pure. */
export function mayPullThrough(method: string, path: string, own: readonly string[]): boolean {
  const [, name = '', kind] = /^\/v2\/(.+)\/(manifests|blobs)\/[^/]+$/.exec(path.replace(/\?.*$/, '')) ?? [];
  // Whoever pushes asks by HEAD which blobs are there: here, not elsewhere.
  const pulls = method === 'GET' ? kind !== undefined : method === 'HEAD' && kind === 'manifests';
  return pulls && !own.some((one) => (one.endsWith('/') ? name.startsWith(one) : name === one));
}

async function handle(
  { registry, pullThrough, own, answerMs }: RegistryFrontOptions,
  agent: Agent,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = asked;
  const addr = registry();
  const first = addr === undefined ? undefined : await ask(addr, asked, { agent }).catch(() => undefined);
  if (first === undefined) {
    // docker and fleet try again.
    asked.resume();
    answer.writeHead(503, { 'content-type': 'text/plain' }).end('the registry is being started\n');
    return;
  }
  if (first.statusCode !== 404 || !mayPullThrough(method, url, own)) return pass(first, answer);
  const lacks = await text(first);
  const socketPath = await pullThrough();
  const other =
    socketPath === undefined ? undefined : await ask(socketPath, asked, { answerMs }).catch(() => undefined);
  if (other?.statusCode === 200) return pass(other, answer);
  other?.resume();
  const { 'transfer-encoding': _, ...headers } = first.headers;
  answer.writeHead(404, headers).end(lacks);
}

/** The same request to somebody else, up to the head of the answer. */
async function ask(
  addr: string,
  asked: IncomingMessage,
  { agent, answerMs }: { agent?: Agent; answerMs?: number },
): Promise<IncomingMessage> {
  const { method, url, headers } = asked;
  const asking = request({
    ...requestTarget(addr),
    method,
    path: url,
    headers,
    ...(agent === undefined ? {} : { agent }),
  });
  if (answerMs !== undefined) asking.setTimeout(answerMs, () => asking.destroy(new Error('no answer')));
  const answered = once(asking, 'response') as Promise<[IncomingMessage]>;
  if (method === 'GET' || method === 'HEAD') asking.end();
  else await Promise.all([pipeline(asked, asking), answered]);
  const [response] = await answered;
  return response;
}

async function pass(from: IncomingMessage, answer: ServerResponse): Promise<void> {
  answer.writeHead(from.statusCode ?? 502, from.headers);
  await pipeline(from, answer);
}

async function text(from: IncomingMessage): Promise<string> {
  let all = '';
  from.setEncoding('utf8');
  for await (const part of from) all += String(part);
  return all;
}
