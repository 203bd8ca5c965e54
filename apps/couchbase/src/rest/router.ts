import { checkPassword, type Credentials } from '../auth/credentials.ts';
import type { RestRequest, RestResponse, Route } from './exchange.ts';

/**
 * Finds the route and checks the caller. Open to all until there are credentials; afterwards Basic authentication,
 * except on open routes. Unknown paths and methods are answered as ns_server does.
 */
export function route(
  routes: readonly Route[],
  credentials: Credentials | undefined,
  request: RestRequest,
): RestResponse | Promise<RestResponse> {
  const candidates = routes.filter(({ pattern }) => pattern.test(request.path));
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const chosen = candidates.find((candidate) => candidate.method === method);
  const caller = credentials === undefined ? 'allowed' : checkCaller(credentials, request);
  if (caller === 'wrong' || (caller === 'unknown' && chosen?.open !== true)) return unauthorized(request);
  if (chosen === undefined) return candidates.length > 0 ? notAllowed(candidates) : { status: 404, text: 'Not found.' };
  const captured = (chosen.pattern.exec(request.path) ?? []).slice(1);
  const decoded = captured.map(decode);
  return decoded.every((part) => part !== undefined)
    ? chosen.handle(request, decoded)
    : { status: 400, text: 'Bad Request' };
}

function checkCaller(credentials: Credentials, request: RestRequest): 'allowed' | 'unknown' | 'wrong' {
  const header = request.headers['authorization'];
  if (header === undefined) return 'unknown';
  const encoded = typeof header === 'string' ? /^basic +(\S+)$/iu.exec(header)?.[1] : undefined;
  const [user = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return checkPassword(credentials, user, rest.join(':')) ? 'allowed' : 'wrong';
}

// The admin page asks with this header so that the browser does not put up a password box of its own.
function unauthorized(request: RestRequest): RestResponse {
  const quiet = request.headers['invalid-auth-response'] === 'on';
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
