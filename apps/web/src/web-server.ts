import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { LabError } from '../../../errors/lab-error.ts';
import type { WebConfig } from './config.ts';
import { memcachedAnswers, verdict, type Health } from './health.ts';
import { httpApp } from './http-app.ts';
import { MemcachedSessions } from './memcached-sessions.ts';
import { newestRows, type Rows } from './newest-rows.ts';
import { startRowTimer } from './row-timer.ts';
import type { Stack } from './stack.ts';

export interface WebServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Without a packet from a machine that is gone a browser would hold on to it for 45 s (Socket.IO's 25 s + 20 s), long after the
 * page runs again; ms.
 */
const heartbeat = { pingInterval: 3_000, pingTimeout: 3_000 };

/** A page sends nothing but Socket.IO's own packets, some ten bytes each; bytes of one message or polling body. */
const maxHttpBufferSize = 16 * 1024;

/** A browser has this long for the whole of a request, a polling body among them; ms. A long poll's answer may take longer. */
const requestTimeoutMs = 10_000;

/**
 * Page, sessions and Socket.IO on one port, fed by one query timer. A browser gets `hello` (who serves it), then `message` (Row[])
 * and `counts`, at once with the last known rows and after every query. The page is served whether Couchbase answers or not.
 * Throws LabError host.port when the port is taken.
 */
export async function startWebServer(
  config: WebConfig,
  stack: Stack,
  pageDir: string,
  log: (line: string) => void,
): Promise<WebServer> {
  const startedAt = Date.now();
  const sessions = new MemcachedSessions(stack.memcached);
  const app = httpApp({ sessions, secret: config.sessionSecret, pageDir, health, log });
  const server = createServer(app);
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  const io = new Server(server, { serveClient: false, maxHttpBufferSize, ...heartbeat });
  const timer = startRowTimer(newestRows(stack.couchbase, config, log), config.periodMs, {
    rows: (rows) => {
      io.emit('message', rows.rows);
      io.emit('counts', counts(rows, 0));
    },
    trouble: (error) => {
      log(`no rows from ${stack.couchbase}: ${error.name}: ${error.message}`);
    },
  });
  const counts = (rows: Rows, ageMs: number) => ({
    documents: rows.documents,
    clients: io.engine.clientsCount,
    queries: timer.queries,
    ageMs,
  });
  io.on('connection', (socket) => {
    const { instance, machine, periodMs } = config;
    socket.emit('hello', { instance, machine, startedAt, periodMs, ...stack });
    if (!timer.last) return;
    socket.emit('message', timer.last.rows);
    socket.emit('counts', counts(timer.last, Date.now() - timer.last.at));
  });

  async function health(): Promise<Health> {
    const memcached = stack.memcached.map(async (address) => ({ address, ok: await memcachedAnswers(address) }));
    return verdict(
      {
        instance: config.instance,
        machine: config.machine,
        uptimeMs: Date.now() - startedAt,
        couchbase: {
          connection: stack.couchbase,
          ok: timer.error === undefined && timer.last !== undefined,
          ...(timer.error && { error: `${timer.error.name}: ${timer.error.message}` }),
        },
        memcached: await Promise.all(memcached),
        lastRowsAgeMs: timer.last ? Date.now() - timer.last.at : null,
        documents: timer.last?.documents ?? null,
        clients: io.engine.clientsCount,
        sessions: sessions.report,
      },
      3 * config.periodMs,
    );
  }

  const port = await listen(server, config).catch((error: unknown) => {
    timer.stop();
    throw error;
  });
  return {
    port,
    close: async () => {
      timer.stop();
      await io.close();
      server.closeAllConnections();
    },
  };
}

/** @returns the port, also when it was 0. @throws LabError host.port */
function listen(server: HttpServer, { host, port }: WebConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new LabError({
          code: 'host.port',
          cause: `cannot listen on ${host}:${port}: ${error.message}`,
          next: `stop what listens there, or set PORT`,
          error,
        }),
      );
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
