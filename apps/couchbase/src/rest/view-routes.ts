import { LabError } from '../../../../errors/lab-error.ts';
import type { Bucket } from '../bucket/bucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { serverName } from '../cluster/identity.ts';
import { parseJson, type Json } from '../views/json.ts';
import { readViewQuery } from '../views/view-query.ts';
import type { Captured, RestRequest, RestResponse, Route } from './exchange.ts';

/** The view port (8092): design documents and queries. Errors are `{"error", "reason"}`, as CouchDB's and the real server's. */
export function viewRoutes(cluster: Cluster): Route[] {
  const on = (handle: (bucket: Bucket, request: RestRequest, names: Captured) => RestResponse): Route['handle'] => {
    return (request, [name = '', ...names]) => {
      const bucket = cluster.bucket(name);
      if (bucket === undefined) return failure(404, 'not_found', 'no_db_file');
      try {
        return handle(bucket, request, names);
      } catch (error) {
        if (error instanceof LabError) return failed(error);
        throw error;
      }
    };
  };
  const design = /^\/([^/]+)\/_design\/([^/]+)$/u;
  const view = /^\/([^/]+)\/_design\/([^/]+)\/_view\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      pattern: /^\/$/u,
      open: true,
      handle: () => ({ status: 200, json: { couchdb: 'Welcome', version: serverName } }),
    },
    { method: 'GET', pattern: design, handle: on((bucket, _, [name = '']) => show(bucket, name)) },
    { method: 'PUT', pattern: design, handle: on((bucket, request, [name = '']) => publish(bucket, name, request)) },
    { method: 'DELETE', pattern: design, handle: on((bucket, _, [name = '']) => remove(bucket, name)) },
    { method: 'GET', pattern: view, handle: on(query) },
    { method: 'POST', pattern: view, handle: on(query) },
  ];
}

function show(bucket: Bucket, name: string): RestResponse {
  const document = bucket.designs.get(name);
  return document === undefined ? failure(404, 'not_found', 'missing') : { status: 200, json: document.source };
}

function publish(bucket: Bucket, name: string, request: RestRequest): RestResponse {
  bucket.designs.put(name, readJson(request.body));
  return { status: 201, json: { ok: true, id: `_design/${name}` } };
}

function remove(bucket: Bucket, name: string): RestResponse {
  if (!bucket.designs.delete(name)) return failure(404, 'not_found', 'missing');
  return { status: 200, json: { ok: true, id: `_design/${name}` } };
}

function query(bucket: Bucket, request: RestRequest, [name = '', view = '']: Captured): RestResponse {
  const wanted = readViewQuery(request.query, request.body.trim() === '' ? {} : readJson(request.body));
  const result = bucket.designs.query(name, view, wanted);
  const debug = wanted.debug ? { debug_info: { local: { rows: result.rows.length } } } : {};
  const afterwards = wanted.stale === 'update_after' ? () => bucket.designs.updateAfter(name, view) : undefined;
  return { status: 200, json: { ...result, ...debug }, ...(afterwards === undefined ? {} : { afterwards }) };
}

function readJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new LabError({ code: 'input.json', cause: 'the body is not JSON', next: 'send a JSON object', error });
  }
}

/** SDKs take 400 for an invalid argument, 404 for a missing design document, anything else for a server failure. */
function failed(error: LabError): RestResponse {
  const { code, message } = error;
  if (code.startsWith('missing.')) return failure(404, 'not_found', message);
  if (code === 'input.view-query') return failure(400, 'query_parse_error', message);
  if (code === 'input.map-timeout' || code === 'input.reduce') return failure(500, 'view_undefined', message);
  return failure(
    400,
    code.startsWith('input.json') ? 'bad_request' : 'invalid_design_document',
    `${message}; ${error.next}`,
  );
}

function failure(status: number, error: string, reason: string): RestResponse {
  return { status, json: { error, reason } };
}
