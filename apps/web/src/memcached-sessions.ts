import { randomBytes } from 'node:crypto';
import connectMemcached from 'connect-memcached';
import session, { type SessionData } from 'express-session';

/**
 * Sessions in memcached that can never take the page down: whatever memcached does, a request waits at most `deadlineMs` for it,
 * and a server that failed is left alone for `restMs`. A session that cannot be read counts as not there (the visitor gets a new
 * one, on a server that lives), one that cannot be written is forgotten.
 *
 * The client alone does not give that. With its defaults a dead server hangs a request for over 40 s (hence the options below);
 * a command written to a server that has lost its power is never answered at all (hence the deadline); and after `failures` errors
 * it runs `ping`, which no container image has (hence the large number).
 */
export class MemcachedSessions extends session.Store {
  readonly #inner: InstanceType<ReturnType<typeof connectMemcached>>;
  readonly #limits: { deadlineMs: number; restMs: number };
  /** Server -> when it last failed, ms of performance.now(). */
  readonly #failedAt = new Map<string, number>();
  #failures = 0;
  #lastFailure: { at: number; message: string } | undefined;

  /** @param hosts `host:port` @param limits ms: for one command, and how long a server that failed is left alone */
  constructor(hosts: readonly string[], limits = { deadlineMs: 700, restMs: 2000 }) {
    super();
    const MemcachedStore = connectMemcached(session);
    this.#inner = new MemcachedStore({ hosts: [...hosts], timeout: 500, retries: 0, retry: 500, failures: 2 ** 40 });
    this.#limits = limits;
  }

  /** What went wrong since the start, for the health report. */
  get report(): { store: 'memcached'; failures: number; lastFailure: { at: number; message: string } | undefined } {
    return { store: 'memcached', failures: this.#failures, lastFailure: this.#lastFailure };
  }

  /**
   * An unguessable id that belongs to a server which has not failed lately, if there is one: a new session shall outlive its request.
   * Lately is ten rests: whoever already has a session there tries the server sooner than a newcomer is sent to it.
   */
  newId(): string {
    let id = '';
    for (let tries = 0; tries < 50; tries++) {
      id = randomBytes(24).toString('base64url');
      if (!this.#failedWithin(this.#serverOf(id), 10 * this.#limits.restMs)) break;
    }
    return id;
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
    const server = this.#serverOf(sid);
    if (this.#failedWithin(server, this.#limits.restMs)) {
      then();
      return;
    }
    let over = false;
    const finish = (error?: unknown, value?: T): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      if (error === undefined || error === null || error === false) {
        this.#failedAt.delete(server);
        then(value);
        return;
      }
      this.#failures += 1;
      this.#lastFailure = { at: Date.now(), message: error instanceof Error ? error.message : JSON.stringify(error) };
      this.#failedAt.set(server, performance.now());
      then();
    };
    const timer = setTimeout(() => {
      // A silent connection would stay in the client's pool and be chosen again.
      this.#inner.client.connections[server]?.free(0, true);
      finish(new Error(`memcached ${server} gave no answer within ${this.#limits.deadlineMs} ms`));
    }, this.#limits.deadlineMs);
    try {
      ask(finish);
    } catch (error) {
      finish(error);
    }
  }

  #serverOf(sid: string): string {
    const { client } = this.#inner;
    const [first = ''] = client.servers;
    return client.servers.length === 1 ? first : (client.HashRing.get(sid) ?? first);
  }

  #failedWithin(server: string, ms: number): boolean {
    return performance.now() - (this.#failedAt.get(server) ?? -Infinity) < ms;
  }
}

/** memcached may hold anything under a session's name; without a cookie in it express-session would throw. */
function isSession(value: unknown): value is SessionData {
  if (typeof value !== 'object' || value === null) return false;
  const { cookie } = value as { cookie?: unknown };
  return typeof cookie === 'object' && cookie !== null && !Array.isArray(cookie);
}
