import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { Seen } from '../moment/seen.ts';
import { type Guard, judge } from './guard.ts';
import { headersOf, limits } from './limits.ts';
import type { PageFiles } from './page-files.ts';
import {
  type Answer,
  type DeedKind,
  deedKinds,
  type GuideCheck,
  type GuideNow,
  type Hello,
  type ToPage,
  type ToServer,
} from './protocol.ts';

/** What can be asked for on the page. */
export interface Deeds {
  /** What would come of it, a line each; nothing is done. */
  expect(machine: string, kind: DeedKind): Promise<readonly string[]>;
  /** Does it. Resolves when it is done. */
  perform(machine: string, kind: DeedKind): Promise<void>;
  /** @throws LabError for one that there is not, or while another one runs */
  startScenario(name: string): void;
  /** Ends the one that runs, in order: its faults are undone. Resolves when it has ended. */
  endScenario(): Promise<void>;
}

/** The guide that is followed beside the lab. */
export interface GuideBeside {
  /** As it was last looked at. */
  now(): GuideNow | null;
  /** Checks the reader's step on the lab as it is. */
  check(): Promise<GuideCheck>;
  /** Tells when the reader is somewhere else. @returns how to stop that */
  listen(listener: (guide: GuideNow | null) => void): () => void;
}

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly files: PageFiles;
  readonly hello: () => Hello;
  /** Tells what comes after the hello. @returns how to stop that */
  readonly listen: (listener: (more: readonly Seen[]) => void) => () => void;
  /** Undefined: there is nothing to be done to a recorded run. */
  readonly deeds: Deeds | undefined;
  /** Undefined: of a recorded run there is none. */
  readonly guide: GuideBeside | undefined;
}

export interface Dashboard {
  /** With the token: whoever has it may do everything that the page can. */
  readonly url: string;
  readonly port: number;
  /** Pages that are open. */
  pages(): number;
  close(): Promise<void>;
}

type Page = Socket<ToServer, ToPage>;

/**
 * Serves the page and its story on 127.0.0.1, to whoever knows the token, and to no page of another origin.
 * @throws LabError `host.port` when the port is taken
 */
export async function serveDashboard(options: ServeOptions): Promise<Dashboard> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer(
    { maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: limits.checkEveryMs },
    (request, response) => answer(request, response, guard, options.files),
  );
  Object.assign(server, limits.server);
  const port = await listen(server, options.port);
  const guard: Guard = { token, port };
  const io = new Server<ToServer, ToPage>(server, {
    path: `/${token}/socket.io`,
    serveClient: false,
    transports: ['websocket'],
    maxHttpBufferSize: limits.messageBytes,
    allowRequest: (request, decide) => {
      const crowded = io.engine.clientsCount >= limits.pages;
      decide(crowded ? 'too many pages' : null, !crowded && judge(request, guard, { needsOrigin: true }).may);
    },
  });
  io.on('connection', (page) => welcome(page, options));
  const stopListening = options.listen((more) => {
    for (const page of io.sockets.sockets.values()) {
      // A page that does not read must not have its story kept here.
      if (page.conn.transport.writable || waiting(page) < limits.waitingMessages) page.emit('seen', more);
      else page.disconnect(true);
    }
  });
  const stopGuide = options.guide?.listen((guide) => void io.emit('guide', guide));
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    port,
    pages: () => io.sockets.sockets.size,
    close: async () => {
      stopListening();
      stopGuide?.();
      await io.close();
      server.closeAllConnections();
    },
  };
}

const nothing = z.strictObject({});
const asked = {
  deed: z.object({ machine: z.string().min(1).max(100), kind: z.enum(deedKinds) }),
  scenario: z.object({ name: z.string().min(1).max(100) }),
};

function welcome(page: Page, { hello, deeds, guide }: ServeOptions): void {
  page.emit('hello', hello());
  page.emit('guide', guide?.now() ?? null);
  const allowed = bucket(limits.asksPerTenSeconds);
  const reply = async <Asked, T>(
    form: z.ZodType<Asked>,
    given: unknown,
    done: (answer: Answer<T>) => void,
    work: (asked: Asked) => Promise<T>,
  ): Promise<void> => {
    // Whoever asks without waiting for an answer is none of our pages.
    if (typeof done !== 'function') return void page.disconnect(true);
    const checked = form.safeParse(given);
    if (!checked.success) return done({ ok: false, error: 'this is no question of this page' });
    if (!allowed()) return done({ ok: false, error: 'too many questions at once: wait some seconds' });
    await work(checked.data).then(
      (value) => done({ ok: true, value }),
      (error: unknown) => done({ ok: false, error: sentence(error) }),
    );
  };
  page.on('checkStep', (given, done) => void reply(nothing, given, done, async () => guide?.check() ?? []));
  page.on(
    'expect',
    (given, done) =>
      void reply(asked.deed, given, done, async ({ machine, kind }) => doer(deeds).expect(machine, kind)),
  );
  page.on(
    'do',
    (given, done) =>
      void reply(asked.deed, given, done, async ({ machine, kind }) => {
        await doer(deeds).perform(machine, kind);
        return null;
      }),
  );
  page.on(
    'scenario',
    (given, done) =>
      void reply(asked.scenario, given, done, async ({ name }) => {
        doer(deeds).startScenario(name);
        return null;
      }),
  );
  page.on(
    'endScenario',
    (given, done) =>
      void reply(nothing, given, done, async () => {
        await doer(deeds).endScenario();
        return null;
      }),
  );
}

/** @throws LabError `state.recorded` */
function doer(deeds: Deeds | undefined): Deeds {
  if (deeds !== undefined) return deeds;
  throw new LabError({
    code: 'state.recorded',
    cause: 'nothing can be done to a recorded run',
    next: 'lab dashboard   (of a lab that is up)',
  });
}

/** As a person reads an error: cause, and what to do. */
function sentence(error: unknown): string {
  if (error instanceof LabError) return `${error.message}. Next: ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}

/** @returns whether one more is within so many in ten seconds */
function bucket(most: number): () => boolean {
  let times: number[] = [];
  return () => {
    const now = performance.now();
    times = times.filter((time) => now - time < 10_000);
    if (times.length >= most) return false;
    times.push(now);
    return true;
  };
}

function waiting(page: Page): number {
  // Engine.IO's own list of packets that no transport has taken yet.
  const { writeBuffer } = page.conn as unknown as { readonly writeBuffer?: readonly unknown[] };
  return writeBuffer?.length ?? 0;
}

function answer(request: IncomingMessage, response: ServerResponse, guard: Guard, files: PageFiles): void {
  const verdict = judge(request, guard, { needsOrigin: false });
  const file = verdict.may ? files.get(verdict.path === '/' ? '/index.html' : verdict.path) : undefined;
  if (verdict.may && file !== undefined) {
    response.writeHead(200, {
      ...headersOf(guard.port),
      'Content-Type': file.type,
      'Content-Length': file.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
    return;
  }
  const status = verdict.may ? 404 : verdict.status;
  response.writeHead(status, {
    ...headersOf(guard.port),
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
  });
  response.end(`${{ 403: 'forbidden', 404: 'not found', 405: 'only GET and HEAD' }[status]}\n`);
}

/** @returns the port, also when it was 0. @throws LabError `host.port` */
function listen(server: HttpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const cause = `the dashboard cannot listen on 127.0.0.1:${port}: ${error.message}`;
      reject(
        new LabError({
          code: 'host.port',
          cause,
          next: 'lab dashboard   (any port that is free), or --port with another one',
          error,
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
