import type { RequestHead, RestRequest, RestResponse, Route } from './exchange.ts';
import { isFromConsole } from './ui-cookie.ts';
import { callerOf, isForged, type Guard } from './caller.ts';

/** Largest body of a request without credentials, on the routes that need none, bytes. */
const strangerBodyBytes = 64 * 1024;

/** What comes of a request, as far as its head decides: an answer already, or what to do with its body. */
export type Admission =
  | { readonly refused: RestResponse }
  | {
      readonly handle: (body: string) => RestResponse | Promise<RestResponse>;
      readonly maxBodyBytes: number | undefined;
    };

/**
 * Finds the route and checks the caller, before any of the body is read: strangers cannot make the server keep one. Open to all until
 * there are credentials; afterwards by session or Basic authentication, except on open routes. Unknown paths and methods are answered
 * as ns_server does.
 */
export function admit(routes: readonly Route[], guard: Guard, head: RequestHead): Admission {
  const candidates = routes.filter(({ pattern }) => pattern.test(head.path));
  const method = head.method === 'HEAD' ? 'GET' : head.method;
  const chosen = candidates.find((candidate) => candidate.method === method);
  const caller = callerOf(guard, head);
  if (caller === 'wrong' || (caller === 'unknown' && chosen?.open !== true)) return { refused: unauthorized(head) };
  if (isForged(head))
    return { refused: { status: 403, text: 'a page of another origin may not change anything here' } };
  if (chosen === undefined)
    return { refused: candidates.length > 0 ? notAllowed(candidates) : { status: 404, text: 'Not found.' } };
  const captured = (chosen.pattern.exec(head.path) ?? []).slice(1).map(decode);
  if (!captured.every((part) => part !== undefined)) return { refused: { status: 400, text: 'Bad Request' } };
  return {
    handle: (body) => chosen.handle(withBody(head, body), captured),
    maxBodyBytes: chosen.maxBodyBytes ?? (caller === 'allowed' ? undefined : strangerBodyBytes),
  };
}

function withBody({ method, path, query, headers }: RequestHead, body: string): RestRequest {
  return { method, path, query, headers, body };
}

// Asked by these headers (the console's, and its predecessor's), so that the browser does not put up a password box of its own.
function unauthorized(head: RequestHead): RestResponse {
  const quiet = isFromConsole(head) || head.headers['invalid-auth-response'] === 'on';
  return {
    status: 401,
    text: '',
    headers: quiet ? {} : { 'WWW-Authenticate': 'Basic realm="Couchbase Server Admin / REST"' },
  };
}

function notAllowed(candidates: readonly Route[]): RestResponse {
  return {
    status: 405,
    text: 'Method Not Allowed',
    headers: { Allow: candidates.map(({ method }) => method).join(', ') },
  };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
