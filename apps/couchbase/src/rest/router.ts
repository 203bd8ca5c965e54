import type { Authority } from '../auth/authority.ts';
import type { Permission } from '../auth/permission.ts';
import { anonymous, type Principal } from '../auth/principal.ts';
import type { Need, RequestHead, RestRequest, RestResponse, Route } from './exchange.ts';
import { isFromConsole } from './ui-cookie.ts';
import { changes } from './kept-routes.ts';
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
 * Finds the route and checks the caller and what the route needs, before any of the body is read: strangers cannot make the server keep
 * one. Everything is open until the node is set up; afterwards callers are known by session or Basic authentication. Unknown paths and
 * methods, callers that are not known and those that may not are answered as ns_server does.
 */
export function admit(routes: readonly Route[], guard: Guard, head: RequestHead): Admission {
  const candidates = routes.filter(({ pattern }) => pattern.test(head.path));
  const method = head.method === 'HEAD' ? 'GET' : head.method;
  const chosen = candidates.find((candidate) => candidate.method === method);
  const captured = (chosen?.pattern.exec(head.path) ?? []).slice(1).map(decode);
  const shown = callerOf(guard, head);
  if (shown === 'wrong' || (shown === 'signed out' && chosen?.open !== true)) return { refused: unauthorized(head) };
  const caller = shown === 'signed out' ? anonymous : shown;
  const { isOpen } = guard.authority;
  const refusal = isOpen ? undefined : check(guard.authority, caller, chosen, captured[0], head);
  if (refusal !== undefined) return { refused: refusal };
  if (
    chosen !== undefined &&
    guard.isFollowing() &&
    changes(chosen) &&
    chosen.open !== true &&
    chosen.isForFollowers !== true
  )
    return { refused: follows };
  if (isForged(head))
    return { refused: { status: 403, text: 'a page of another origin may not change anything here' } };
  if (chosen === undefined)
    return { refused: candidates.length > 0 ? notAllowed(candidates) : { status: 404, text: 'Not found.' } };
  if (!captured.every((part) => part !== undefined)) return { refused: { status: 400, text: 'Bad Request' } };
  const isStranger = !isOpen && caller.kind === 'anonymous';
  return {
    handle: (body) => chosen.handle(withBody(head, caller, body), captured),
    maxBodyBytes: chosen.maxBodyBytes ?? (isStranger ? strangerBodyBytes : undefined),
  };
}

const follows: RestResponse = {
  status: 503,
  json: {
    errors: { _: 'this server follows another one: change it there, or promote this one (POST /follow/promote)' },
  },
};

function withBody({ method, path, query, headers }: RequestHead, caller: Principal, body: string): RestRequest {
  return { method, path, query, headers, caller, body };
}

/** The refusal, if there is one: 401 for who did not say who they are, 403 for who may not. */
function check(
  authority: Authority,
  caller: Principal,
  chosen: Route | undefined,
  bucket: string | undefined,
  head: RequestHead,
): RestResponse | undefined {
  if (chosen?.open === true) return undefined;
  const needs = chosen?.needs ?? ({ area: 'cluster', to: head.method === 'GET' ? 'read' : 'write' } as const);
  const isNobody = caller.kind === 'anonymous';
  if (needs === 'somebody') return isNobody ? unauthorized(head) : undefined;
  // Who is known and asks for what is not there is told that, as everybody who may look.
  if (chosen === undefined) return isNobody ? unauthorized(head) : undefined;
  if (authority.may(caller, permission(needs, bucket))) return undefined;
  return isNobody ? unauthorized(head) : forbidden(needs, bucket);
}

const ofTheCluster: ReadonlySet<string> = new Set(['pools', 'cluster', 'security']);

function permission({ area, to }: Need, bucket: string | undefined): Permission {
  if (ofTheCluster.has(area) || bucket === undefined) return { area, to };
  // Documents by REST are those of the default collection: who may read another one may not read these.
  return area === 'data' ? { area, to, bucket, scope: '_default', collection: '_default' } : { area, to, bucket };
}

function forbidden({ area, to }: Need, bucket: string | undefined): RestResponse {
  const object = ofTheCluster.has(area) ? `cluster.${area}` : `cluster.bucket[${bucket ?? '*'}].${area}`;
  return {
    status: 403,
    json: { message: 'Forbidden. User needs the following permissions', permissions: [`${object}!${to}`] },
  };
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
