/** An answer of HTTP/1.1 (RFC 9112), as far as a probe looks at it. */
export interface HttpResponse {
  readonly status: number;
  /** Values of `set-cookie`. */
  readonly cookies: readonly string[];
  readonly body: string;
  /** May the connection carry another question? */
  readonly keep: boolean;
}

/**
 * The answer at the start of what was received (one byte a character), or undefined while its end is not there.
 * @throws Error when it is no HTTP, or its length is not told in advance or by chunks (RFC 9112, section 6.3)
 */
export function readResponse(received: string): HttpResponse | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (!(status >= 100)) throw new Error('no HTTP answer');
  const body = bodyOf(head, received, end + 4, status);
  if (body === undefined) return undefined;
  const cookies = [...head.matchAll(/\r\nset-cookie: *([^\r]*)/gi)].map(([, value = '']) => value);
  return { status, cookies, body, keep: !/\r\nconnection: *close/i.test(head) };
}

function bodyOf(head: string, received: string, from: number, status: number): string | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const to = from + Number(length);
    return received.length < to ? undefined : received.slice(from, to);
  }
  if (status === 204 || status === 304) return '';
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error('an HTTP answer without a length');
  return chunksOf(received, from);
}

/** Chunked transfer coding (RFC 9112, section 7.1), without trailers. */
function chunksOf(received: string, from: number): string | undefined {
  let body = '';
  for (let at = from; ;) {
    const line = received.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = parseInt(received.slice(at, line), 16);
    if (!(size >= 0)) throw new Error('a broken chunk of an HTTP answer');
    const to = line + 2 + size;
    if (received.length < to + 2) return undefined;
    if (size === 0) return body;
    body += received.slice(line + 2, to);
    at = to + 2;
  }
}
