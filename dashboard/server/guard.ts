import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may speak to the dashboard: whoever knows its address, from a page of its own. */
export interface Guard {
  /** 256 random bits, in the address as its first folder. */
  readonly token: string;
  readonly port: number;
}

export type Verdict =
  /** `path`: what is behind the token, with a slash at its beginning. */
  { readonly may: true; readonly path: string } | { readonly may: false; readonly status: 403 | 404 | 405 };

/**
 * Whether a request may be answered. A name that some other server has this host's browser take for 127.0.0.1 (DNS rebinding) is
 * in `Host`; the page that sends a request, where that is another one, is in `Origin` (Fetch standard, "Origin header"). Pure.
 * @param how.needsOrigin of a WebSocket: a browser always says whose page opens one
 */
export function judge(
  { method = '', url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  { token, port }: Guard,
  how: { readonly needsOrigin: boolean },
): Verdict {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !own.includes(host)) return { may: false, status: 403 };
  const foreign = origin === undefined ? how.needsOrigin : origin !== `http://${host}`;
  if (foreign || (headers['sec-fetch-site'] === 'cross-site' && origin !== undefined))
    return { may: false, status: 403 };
  const [, first = '', rest] = /^\/([^/?#]*)(\/[^?#]*)?/.exec(url) ?? [];
  if (!same(first, token) || rest === undefined) return { may: false, status: 404 };
  if (method !== 'GET' && method !== 'HEAD') return { may: false, status: 405 };
  return { may: true, path: rest };
}

/** In a time that does not tell how much of it is right. */
function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
