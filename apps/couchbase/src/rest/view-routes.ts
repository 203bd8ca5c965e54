import { text } from 'node:stream/consumers';
import { LabError } from '../../../../errors/lab-error.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { counterSet } from '../bucket/statistics/sample.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { serverName } from '../cluster/identity.ts';
import { parseJson, type Json } from '../views/json.ts';
import { loadSourceCheck, type SourceCheck } from '../views/source-check.ts';
import type { BucketViews } from '../views/service/bucket-views.ts';
import type { ViewService } from '../views/service/view-service.ts';
import { readViewQuery } from '../views/view-query.ts';
import { viewJson } from './view-json.ts';
import type { Captured, RestRequest, RestResponse, Route } from './exchange.ts';

/** The view port (8092): design documents and queries. Errors are `{"error", "reason"}`, as CouchDB's and the real server's. */
export function viewRoutes(cluster: Cluster, service: ViewService): Route[] {
  const on = (
    handle: (bucket: Bucket, request: RestRequest, names: Captured) => RestResponse | Promise<RestResponse>,
  ): Route['handle'] => {
    return async (request, [name = '', ...names]) => {
      const bucket = cluster.bucket(name);
      if (bucket === undefined) return failure(404, 'not_found', 'no_db_file');
      try {
        return await handle(bucket, request, names);
      } catch (error) {
        if (error instanceof LabError && error.code !== 'state.disk-full') return failed(error);
        throw error;
      }
    };
  };
  const change = (bucket: Bucket, response: RestResponse) => {
    service.of(bucket).tidy();
    return response;
  };
  const run = on((bucket, request, names) => {
    bucket.history.count(viewQuery);
    return query(service.of(bucket), request, names);
  });
  const design = /^\/([^/]+)\/_design\/([^/]+)$/u;
  const view = /^\/([^/]+)\/_design\/([^/]+)\/_view\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      pattern: /^\/$/u,
      open: true,
      handle: () => ({ status: 200, json: { couchdb: 'Welcome', version: serverName } }),
    },
    { method: 'GET', pattern: design, needs: reading, handle: on((bucket, _, [name = '']) => show(bucket, name)) },
    {
      method: 'PUT',
      pattern: design,
      needs: writing,
      handle: async (request, names) => {
        const check = await loadSourceCheck();
        return on((bucket, _, [name = '']) => change(bucket, publish(bucket, name, request, check)))(request, names);
      },
    },
    {
      method: 'DELETE',
      pattern: design,
      needs: writing,
      handle: on((bucket, _, [name = '']) => change(bucket, remove(bucket, name))),
    },
    { method: 'GET', pattern: view, needs: reading, handle: run },
    { method: 'POST', pattern: view, needs: reading, handle: run },
  ];
}

const viewQuery = counterSet('couch_views_ops');
const reading = { area: 'views', to: 'read' } as const;
const writing = { area: 'views', to: 'write' } as const;

function show(bucket: Bucket, name: string): RestResponse {
  const published = bucket.designs.published(name);
  if (published === undefined) return failure(404, 'not_found', 'missing');
  return { status: 200, json: published.document.source };
}

function publish(bucket: Bucket, name: string, request: RestRequest, check: SourceCheck): RestResponse {
  bucket.designs.put(name, readJson(request.body), check);
  return { status: 201, json: { ok: true, id: `_design/${name}` } };
}

function remove(bucket: Bucket, name: string): RestResponse {
  if (!bucket.designs.delete(name)) return failure(404, 'not_found', 'missing');
  return { status: 200, json: { ok: true, id: `_design/${name}` } };
}

async function query(
  views: BucketViews,
  request: RestRequest,
  [name = '', view = '']: Captured,
): Promise<RestResponse> {
  const wanted = readViewQuery(request.query, request.body.trim() === '' ? {} : readJson(request.body));
  const answer = await views.query(name, view, wanted);
  const pieces = viewJson(answer, wanted.debug);
  const body = answer.first.isLast ? { jsonText: await text(pieces) } : { jsonPieces: pieces };
  const afterwards = async () => {
    await answer.close();
    if (wanted.stale === 'update_after') await views.updateAfter(name, view);
  };
  return { status: 200, ...body, afterwards };
}

function readJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new LabError({ code: 'input.json', cause: 'the body is not JSON', next: 'send a JSON object', error });
  }
}

/** What the functions of a view did, or cost, while a query ran. */
const inViews = new Set<string>(['input.map-timeout', 'input.view-limit', 'input.reduce', 'busy.view-rows']);

/** SDKs take 400 for an invalid argument, 404 for a missing design document, anything else for a server failure. */
function failed(error: LabError): RestResponse {
  const { code, message } = error;
  if (code.startsWith('missing.')) return failure(404, 'not_found', message);
  if (code === 'input.view-query') return failure(400, 'query_parse_error', message);
  if (inViews.has(code)) return failure(500, 'view_undefined', message);
  return failure(
    400,
    code.startsWith('input.json') ? 'bad_request' : 'invalid_design_document',
    `${message}; ${error.next}`,
  );
}

function failure(status: number, error: string, reason: string): RestResponse {
  return { status, json: { error, reason } };
}
