import type { Area, Access } from '../auth/permission.ts';
import type { Principal } from '../auth/principal.ts';

/** What is known of an HTTP request before its body is read. */
export interface RequestHead {
  readonly method: string;
  /** Path without query; a trailing slash is cut off. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** An HTTP request, body read. */
export interface RestRequest extends RequestHead {
  readonly body: string;
  /** Who asks, as far as that was shown. Nobody in particular on a node that is not set up, and on what is open. */
  readonly caller: Principal;
}

/** An answer: a `json` value, one that is made when there is room for it, JSON as text or in pieces that are sent as the client takes them, or plain `text`. */
export interface RestResponse {
  readonly status: number;
  readonly json?: unknown;
  readonly jsonLater?: { readonly leastBytes: number; readonly make: () => unknown };
  readonly jsonText?: string;
  readonly jsonPieces?: AsyncIterable<Buffer>;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Runs when the answer is out, or cannot get out any more. */
  readonly afterwards?: () => void | Promise<void>;
}

/** Parts of the path a route's pattern caught, URL-decoded. */
export type Captured = readonly string[];

export type RestHandler = (request: RestRequest, captured: Captured) => RestResponse | Promise<RestResponse>;

/** What a caller must be allowed for a route. Areas of a bucket are about the first part that the pattern catches. */
export interface Need {
  readonly area: Area;
  readonly to: Access;
}

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: RestHandler;
  /** Answers without credentials even on an initialised cluster (a wrong password is refused all the same). */
  readonly open?: true;
  /** Undefined: to read the cluster's settings for GET, to write them for all else. `somebody`: any name with its password. */
  readonly needs?: Need | 'somebody';
  /** Changes something also while the server follows another one. */
  readonly isForFollowers?: true;
  /** Largest body, where it is another than the listener's. */
  readonly maxBodyBytes?: number;
}

/** A form sent as application/x-www-form-urlencoded. */
export function formOf(request: RestRequest): URLSearchParams {
  return new URLSearchParams(request.body);
}

/** 400 in the shape couchbase-cli and SDKs read: `{"errors": {field: text}}`. */
export function refuse(problems: Readonly<Record<string, string>>): RestResponse {
  return { status: 400, json: { errors: problems } };
}

/** 400 in the older shape, a list of sentences, which some calls of ns_server kept. */
export function refuseInWords(...sentences: string[]): RestResponse {
  return { status: 400, json: sentences };
}

/** A node that is not set up has no pool, and so no buckets. */
export const unknownPool: RestResponse = { status: 404, json: 'unknown pool' };

/** What is refused because it could not be kept: nothing was changed. */
export function notKept(why: string): RestResponse {
  return { status: 503, json: { errors: { _: why } } };
}

/** 501 for what the real server has and this one does not. */
export function unbuilt(what: string): RestResponse {
  return { status: 501, json: { errors: { _: `${what} is not supported by this embedded server` } } };
}
