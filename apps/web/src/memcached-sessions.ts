import connectMemcached from 'connect-memcached';
import session, { type SessionData } from 'express-session';

/**
 * Sessions in memcached that can never take the page down: whatever memcached does, a request waits at most `deadlineMs` for it.
 * A session that cannot be read counts as not there (the visitor gets a new one), one that cannot be written is forgotten.
 *
 * The client alone does not give that. With its defaults a dead server hangs a request for over 40 s (hence the options below);
 * a command written to a server that has lost its power is never answered at all (hence the deadline); and after `failures` errors
 * it runs `ping`, which no container image has (hence the large number).
 */
export class MemcachedSessions extends session.Store {
  readonly #inner: InstanceType<ReturnType<typeof connectMemcached>>;
  readonly #deadlineMs: number;
  #failures = 0;
  #lastFailure: { at: number; message: string } | undefined;

  constructor(hosts: readonly string[], deadlineMs = 700) {
    super();
    const MemcachedStore = connectMemcached(session);
    this.#inner = new MemcachedStore({ hosts: [...hosts], timeout: 500, retries: 0, retry: 500, failures: 2 ** 40 });
    this.#deadlineMs = deadlineMs;
  }

  /** What went wrong since the start, for the health report. */
  get report(): { store: 'memcached'; failures: number; lastFailure: { at: number; message: string } | undefined } {
    return { store: 'memcached', failures: this.#failures, lastFailure: this.#lastFailure };
  }

  override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    this.#bounded<SessionData | undefined>(
      sid,
      (done) => {
        this.#inner.get(sid, (error: unknown, data) => done(error, data ?? undefined));
      },
      (data) => {
        callback(null, isSession(data) ? data : null);
      },
    );
  }

  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    this.#bounded(
      sid,
      (done) => {
        this.#inner.set(sid, data, done);
      },
      () => callback?.(),
    );
  }

  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    this.#bounded(
      sid,
      (done) => {
        this.#inner.destroy(sid, done);
      },
      () => callback?.(),
    );
  }

  override touch(sid: string, data: SessionData, callback?: () => void): void {
    this.set(sid, data, callback);
  }

  #bounded<T>(sid: string, ask: (done: (error?: unknown, value?: T) => void) => void, then: (value?: T) => void): void {
    let over = false;
    const finish = (error?: unknown, value?: T): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      if (error === undefined || error === null || error === false) {
        then(value);
        return;
      }
      this.#failures += 1;
      this.#lastFailure = { at: Date.now(), message: error instanceof Error ? error.message : JSON.stringify(error) };
      then();
    };
    const timer = setTimeout(() => {
      this.#dropConnections(sid);
      finish(new Error(`memcached gave no answer within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    try {
      ask(finish);
    } catch (error) {
      finish(error);
    }
  }

  /** A silent connection stays in the client's pool and would be chosen again; without it the next request dials anew. */
  #dropConnections(sid: string): void {
    const { client } = this.#inner;
    const server = client.servers.length === 1 ? client.servers[0] : client.HashRing.get(sid);
    if (server !== undefined) client.connections[server]?.free(0, true);
  }
}

/** memcached may hold anything under a session's name; without a cookie in it express-session would throw. */
function isSession(value: unknown): value is SessionData {
  return typeof value === 'object' && value !== null && typeof (value as { cookie?: unknown }).cookie === 'object';
}
