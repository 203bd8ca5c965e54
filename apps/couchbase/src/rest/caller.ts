import { checkPassword, type Credentials } from '../auth/credentials.ts';
import type { UiSessions } from '../auth/ui-sessions.ts';
import type { RequestHead } from './exchange.ts';
import { isFromConsole, sessionToken } from './ui-cookie.ts';

/** Whom a listener knows. */
export interface Guard {
  /** Undefined until the cluster is initialised: everything is open to everybody till then. */
  readonly credentials: Credentials | undefined;
  readonly sessions: UiSessions;
}

/** `wrong`: gave a name and password that are not right; `unknown`: gave none, or its session is over. */
export type Caller = 'allowed' | 'unknown' | 'wrong';

/** Who asks: the console by its session and by nothing else, everybody else by HTTP Basic authentication. */
export function callerOf({ credentials, sessions }: Guard, head: RequestHead): Caller {
  if (credentials === undefined) return 'allowed';
  if (isFromConsole(head)) {
    const token = sessionToken(head);
    return token !== undefined && sessions.holder(token) === credentials ? 'allowed' : 'unknown';
  }
  const header = head.headers['authorization'];
  if (header === undefined) return 'unknown';
  const encoded = typeof header === 'string' ? /^basic +(\S+)$/iu.exec(header)?.[1] : undefined;
  const [user = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return checkPassword(credentials, user, rest.join(':')) ? 'allowed' : 'wrong';
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
