import type { Authority } from '../auth/authority.ts';
import { anonymous, type Principal } from '../auth/principal.ts';
import type { UiSessions } from '../auth/ui-sessions.ts';
import type { RequestHead } from './exchange.ts';
import { isFromConsole, sessionToken } from './ui-cookie.ts';

/** Whom a listener knows. */
export interface Guard {
  readonly authority: Authority;
  readonly sessions: UiSessions;
  /** Whether the server follows another one, and so changes nothing by itself. */
  readonly isFollowing: () => boolean;
}

/**
 * Who asks: the console by its session and by nothing else, everybody else by HTTP Basic authentication. `wrong`: gave a name and
 * password that are not right; `signed out`: the console, without a session. That is not nobody in particular: somebody who is to sign
 * in must not see what a bucket without a password is open to, and take it for all there is.
 */
export function callerOf({ authority, sessions }: Guard, head: RequestHead): Principal | 'signed out' | 'wrong' {
  if (authority.isOpen) return anonymous;
  if (isFromConsole(head)) {
    const token = sessionToken(head);
    const held = token === undefined ? undefined : sessions.holder(token);
    const person = held === undefined ? undefined : authority.person(held.user);
    return person !== undefined && person.credentials === held ? person.principal : 'signed out';
  }
  const header = head.headers['authorization'];
  if (header === undefined) return anonymous;
  const encoded = typeof header === 'string' ? /^basic +(\S+)$/iu.exec(header)?.[1] : undefined;
  const [name = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return authority.identify(name, rest.join(':')) ?? 'wrong';
}

/**
 * Whether a browser sends this for a page of another site, which may use what the browser remembers of its user (a Basic password, a
 * cookie) and may not change anything by it. Browsers name the page's origin with each such request (Fetch standard, "Origin" header);
 * other clients name none.
 */
export function isForged(head: RequestHead): boolean {
  const { origin, host } = head.headers;
  if (head.method === 'GET' || head.method === 'HEAD' || origin === undefined) return false;
  return typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).host !== host;
}
