import type { Authority } from '../auth/authority.ts';
import { anonymous, type Principal } from '../auth/principal.ts';
import type { Need, RestRequest, RestResponse, Route } from './exchange.ts';

/**
 * Finds the route and checks the caller: by Basic authentication, and by what the route needs. Everything is open until the node is set
 * up. Unknown paths and methods, callers that are not known and those that may not are answered as ns_server does.
 */
export function route(
  routes: readonly Route[],
  authority: Authority,
  request: RestRequest,
): RestResponse | Promise<RestResponse> {
  const candidates = routes.filter(({ pattern }) => pattern.test(request.path));
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const chosen = candidates.find((candidate) => candidate.method === method);
  const captured = (chosen?.pattern.exec(request.path) ?? []).slice(1).map(decode);
  const caller = authority.isOpen ? anonymous : readCaller(authority, request);
  if (caller === undefined) return unauthorized(request);
  const refusal = authority.isOpen ? undefined : check(authority, caller, chosen, captured[0], request);
  if (refusal !== undefined) return refusal;
  if (chosen === undefined) return candidates.length > 0 ? notAllowed(candidates) : { status: 404, text: 'Not found.' };
  return captured.every((part) => part !== undefined)
    ? chosen.handle({ ...request, caller }, captured)
    : { status: 400, text: 'Bad Request' };
}

/** Undefined for a wrong name or password. */
function readCaller(authority: Authority, request: RestRequest): Principal | undefined {
  const header = request.headers['authorization'];
  if (header === undefined) return anonymous;
  const encoded = typeof header === 'string' ? /^basic +(\S+)$/iu.exec(header)?.[1] : undefined;
  const [name = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return authority.identify(name, rest.join(':'));
}

/** The refusal, if there is one: 401 for who did not say who they are, 403 for who may not. */
function check(
  authority: Authority,
  caller: Principal,
  chosen: Route | undefined,
  bucket: string | undefined,
  request: RestRequest,
): RestResponse | undefined {
  if (chosen?.open === true) return undefined;
  const needs = chosen?.needs ?? ({ area: 'cluster', to: request.method === 'GET' ? 'read' : 'write' } as const);
  const isNobody = caller.kind === 'anonymous';
  if (needs === 'somebody') return isNobody ? unauthorized(request) : undefined;
  // Who is known and asks for what is not there is told that, as everybody who may look.
  if (chosen === undefined) return isNobody ? unauthorized(request) : undefined;
  if (authority.may(caller, permission(needs, bucket))) return undefined;
  return isNobody ? unauthorized(request) : forbidden(needs, bucket);
}

const ofTheCluster: ReadonlySet<string> = new Set(['pools', 'cluster', 'security']);

function permission({ area, to }: Need, bucket: string | undefined) {
  return ofTheCluster.has(area) || bucket === undefined ? { area, to } : { area, to, bucket };
}

function forbidden({ area, to }: Need, bucket: string | undefined): RestResponse {
  const object = ofTheCluster.has(area) ? `cluster.${area}` : `cluster.bucket[${bucket ?? '*'}].${area}`;
  return {
    status: 403,
    json: { message: 'Forbidden. User needs the following permissions', permissions: [`${object}!${to}`] },
  };
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
