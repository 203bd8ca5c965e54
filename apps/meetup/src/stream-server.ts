import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LabError } from '../../../errors/lab-error.ts';
import { ConnectionBook, type ConnectionReport } from './connection-book.ts';
import type { MeetupOptions } from './options.ts';
import { startRsvpClock } from './rsvp-clock.ts';
import { serveHttp, serveWebSocket, type Subscriber } from './subscribers.ts';

export interface StreamServer {
  readonly port: number;
  /** All that is on record of its connections up to now. */
  report(): ConnectionReport;
  /** Ends every connection, and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * The RSVP stream: WebSocket and plain HTTP (one JSON text per line) on /2/rsvps, one connection per remote address;
 * GET /lab/connections (ConnectionReport) and GET /lab/health beside it.
 * @throws LabError `host.port` when it cannot listen
 */
export async function startStreamServer(options: MeetupOptions): Promise<StreamServer> {
  const book = new ConnectionBook(Date.now);
  const subscribers = new Set<Subscriber>();
  const startedAt = Date.now();
  const clock = startRsvpClock(options, (rsvp) => {
    const text = JSON.stringify(rsvp);
    for (const subscriber of subscribers) subscriber.send(text);
  });
  const liveness = setInterval(() => {
    for (const subscriber of subscribers) subscriber.check();
  }, options.pingMs);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const server = createServer((request, response) => {
    const path = pathOf(request);
    if (request.method !== 'GET') json(response, 405, { error: 'only GET is answered here' });
    else if (path === '/lab/connections') json(response, 200, book.report());
    else if (path === '/lab/health') {
      const { seed, rate } = options;
      json(response, 200, { ok: true, seed, rate, nextIndex: clock.next, connections: subscribers.size, startedAt });
    } else if (path === streamPath) {
      const record = book.open(addressOf(request), 'http');
      if (!record) json(response, 429, { error: refusal }, { 'retry-after': '3' });
      else serveHttp({ response, record, book, subscribers, deadMs: options.deadMs });
    } else json(response, 404, { error: `nothing here; the stream is ${streamPath}` });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (pathOf(request) !== streamPath) {
      refuse(socket, '404 Not Found', `nothing here; the stream is ${streamPath}`);
      return;
    }
    const record = book.open(addressOf(request), 'websocket');
    if (!record) {
      refuse(socket, '429 Too Many Requests', refusal);
      return;
    }
    // A bad handshake ends in a close of the raw socket only: the address must be free again then.
    const badHandshake = (): void => {
      book.close(record, 'bad handshake');
    };
    socket.once('close', badHandshake);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('close', badHandshake);
      serveWebSocket({ webSocket, record, book, subscribers, deadMs: options.deadMs });
    });
  });
  try {
    await listen(server, options);
  } catch (error) {
    clock.stop();
    clearInterval(liveness);
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    report: () => book.report(),
    close: async () => {
      clock.stop();
      clearInterval(liveness);
      for (const subscriber of subscribers) subscriber.end('the stream server stopped');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const streamPath = '/2/rsvps';
const refusal = 'one connection per address: close the other one first';

/** Node types `url` for responses to a client, too, which have none. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return new URL(url, 'http://meetup').pathname;
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(`${JSON.stringify(body)}\n`);
}

function refuse(socket: Duplex, status: string, reason: string): void {
  const body = `${JSON.stringify({ error: reason })}\n`;
  socket.on('error', () => {
    // The refused side may be gone before it read why.
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nRetry-After: 3\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function listen(server: ReturnType<typeof createServer>, options: MeetupOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(cannotListen(options, error));
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function cannotListen({ host, port }: MeetupOptions, error: NodeJS.ErrnoException): LabError {
  const away = error.code === 'EADDRNOTAVAIL';
  return new LabError({
    code: 'host.port',
    cause: `cannot listen on ${host}:${port}: ${error.message}`,
    next: away
      ? 'the host has no such address: is the lab network up?'
      : `ss -ltnp sport = :${port}, or another --port`,
    error,
  });
}
