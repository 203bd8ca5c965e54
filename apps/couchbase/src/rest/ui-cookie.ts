import type { RequestHead } from './exchange.ts';

/**
 * Whether the console asks. Its requests carry a header that a page of another site cannot add without asking this server first, which
 * never agrees: so that the cookie alone, which the browser adds by itself, opens nothing (menelaus_auth.erl, `ns-server-ui`).
 */
export function isFromConsole(head: RequestHead): boolean {
  return head.headers['ns-server-ui'] === 'yes';
}

/** The token in the session cookie. */
export function sessionToken(head: RequestHead): string | undefined {
  const { cookie } = head.headers;
  const wanted = `${cookieName(head)}=`;
  const pairs = typeof cookie === 'string' ? cookie.split(';').map((pair) => pair.trim()) : [];
  return pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length);
}

/** Set-Cookie for a token; without one it removes the cookie. */
export function sessionCookie(head: RequestHead, token?: string): string {
  const kept = `${cookieName(head)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict`;
  return token === undefined ? `${kept}; Expires=Thu, 01 Jan 1970 00:00:00 GMT` : kept;
}

/** Browsers keep one jar for all ports of a host: the port is in the name, so that two nodes on one host have a session each. */
function cookieName({ headers }: RequestHead): string {
  return typeof headers['host'] === 'string' ? `ui-auth-${encodeURIComponent(headers['host'])}` : 'ui-auth';
}
