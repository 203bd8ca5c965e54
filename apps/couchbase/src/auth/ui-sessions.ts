import { randomBytes } from 'node:crypto';
import type { Credentials } from './credentials.ts';

/** Sessions at once, and the time without a request after which one ends, ms: as ns_server's (menelaus_ui_auth.erl). */
const maxSessions = 1024;
const idleMs = 600_000;

interface Session {
  readonly credentials: Credentials;
  readonly lastUsedMs: number;
}

/**
 * Who signed in at the console, by a token that nobody can guess. A session holds the credentials it was opened with: when the password
 * changes there are others, and whoever compares them sees that the session is over.
 */
export class UiSessions {
  // Least recently used first.
  readonly #byToken = new Map<string, Session>();
  readonly #nowMs: () => number;

  /** @param nowMs a clock, milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Opens a session and gives its token; the one that was unused for the longest time makes room. */
  open(credentials: Credentials): string {
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size >= maxSessions && oldest !== undefined) this.#byToken.delete(oldest);
    const token = randomBytes(32).toString('base64url');
    this.#byToken.set(token, { credentials, lastUsedMs: this.#nowMs() });
    return token;
  }

  /** Whose session it is, which goes on for another while by that; undefined for none. */
  holder(token: string): Credentials | undefined {
    const session = this.#byToken.get(token);
    if (session === undefined) return undefined;
    this.#byToken.delete(token);
    const lastUsedMs = this.#nowMs();
    if (lastUsedMs - session.lastUsedMs > idleMs) return undefined;
    this.#byToken.set(token, { credentials: session.credentials, lastUsedMs });
    return session.credentials;
  }

  /** Ends a session at once, as who signs out wants it; does nothing for a token that is nobody's. */
  close(token: string): void {
    this.#byToken.delete(token);
  }
}
