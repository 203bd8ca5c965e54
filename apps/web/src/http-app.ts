import express, { type ErrorRequestHandler, type Express } from 'express';
import session from 'express-session';
import { join } from 'node:path';
import type { Health } from './health.ts';
import type { MemcachedSessions } from './memcached-sessions.ts';

declare module 'express-session' {
  interface SessionData {
    /** Pages shown to this visitor, by whichever instance. */
    visits?: number;
    since?: number;
  }
}

/** The HTTP side: `/` (one page, counts the visitor's visits in the session), `/session`, `/healthz`, and the page's files. */
export function httpApp(options: {
  sessions: MemcachedSessions;
  secret: string;
  pageDir: string;
  health: () => Promise<Health>;
  log: (line: string) => void;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  const visitor = session({
    store: options.sessions,
    genid: () => options.sessions.newId(),
    secret: options.secret,
    resave: false,
    saveUninitialized: true,
    cookie: { httpOnly: true, sameSite: 'lax', maxAge: dayMs },
  });
  app.get('/healthz', async (_request, response) => {
    const health = await options.health();
    response.status(health.status === 'down' ? 503 : 200).json(health);
  });
  app.get(['/', '/index.html'], visitor, (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1;
    request.session.since ??= Date.now();
    response.set('cache-control', 'no-store').sendFile(join(options.pageDir, 'index.html'));
  });
  // The page asks for this, so that the visitor sees that the session outlives one instance.
  app.get('/session', visitor, (request, response) => {
    const { visits = 0, since = null } = request.session;
    response.set('cache-control', 'no-store').json({ visits, since });
  });
  app.use(express.static(options.pageDir, { index: false, maxAge: dayMs }));
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, request, response, next) => {
    options.log(`${request.method} ${request.path}: ${error.message}`);
    if (response.headersSent) next(error);
    else
      response
        .status(error.status ?? 500)
        .type('text')
        .send('The page cannot be shown right now.\n');
  };
  app.use(failed);
  return app;
}

const dayMs = 86_400_000;
