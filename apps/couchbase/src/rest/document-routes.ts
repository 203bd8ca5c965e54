import { LabError } from '../../../../errors/lab-error.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { maxKeyBytes, maxValueBytes } from '../bucket/document.ts';
import { remove, write } from '../bucket/operations.ts';
import { counterSet } from '../bucket/statistics/sample.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { documentJson, jsonFlags } from '../documents/document-json.ts';
import { casOfRevision, revisionOf } from '../documents/revision.ts';
import { utf8Bytes } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import { statuses, type Status } from '../wire/status.ts';
import { listJson, readListQuery } from './document-list.ts';
import { formOf, type RestRequest, type RestResponse, type Route } from './exchange.ts';

/** Lists under way at once: each looks at the whole bucket. */
const maxLists = 4;

/**
 * Documents by REST (menelaus_web_crud.erl). What this server adds is a check of the revision, by the usual headers: `If-Match` with the
 * ETag of an answer changes or removes that revision only, `If-None-Match: *` adds; 412 when the document is not as expected.
 * @param elapsedMs a clock that only goes forward, milliseconds
 */
export function documentRoutes(cluster: Cluster, elapsedMs: () => number): Route[] {
  let lists = 0;
  const on = (handle: (bucket: Bucket, request: RestRequest, key: string) => RestResponse): Route['handle'] => {
    return (request, [name = '', key = '']) => {
      const bucket = cluster.bucket(name);
      if (bucket === undefined) return { status: 404, text: 'Requested resource not found.\r\n' };
      if (!bucket.isReady(cluster.nowMs())) return retryLater('the bucket is not ready yet');
      return handle(bucket, request, key);
    };
  };
  const list = (bucket: Bucket, request: RestRequest): RestResponse => {
    let query;
    try {
      query = readListQuery(request.query);
    } catch (error) {
      if (error instanceof LabError) return failure(400, 'bad_request', error.message);
      throw error;
    }
    if (lists >= maxLists) return retryLater(`${maxLists} lists of documents are under way`);
    return { status: 200, jsonPieces: oneOf(listJson(bucket.store, query, elapsedMs)) };
  };
  async function* oneOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    lists += 1;
    try {
      yield* pieces;
    } finally {
      lists -= 1;
    }
  }
  const document = /^\/pools\/default\/buckets\/([^/]+)\/docs\/([^/]+)$/u;
  return [
    { method: 'GET', pattern: /^\/pools\/default\/buckets\/([^/]+)\/docs$/u, needs: reading, handle: on(list) },
    { method: 'GET', pattern: document, needs: reading, handle: on(show) },
    { method: 'POST', pattern: document, needs: writing, handle: on(store) },
    { method: 'DELETE', pattern: document, needs: writing, handle: on(drop) },
  ];
}

const reading = { area: 'data', to: 'read' } as const;
const writing = { area: 'data', to: 'write' } as const;

/** What they add to the bucket's statistics: what a key-value client would have. */
const counted = {
  found: counterSet('cmd_get', 'get_hits'),
  missed: counterSet('cmd_get', 'get_misses'),
  stored: counterSet('cmd_set'),
  removed: counterSet('delete_hits'),
  notRemoved: counterSet('delete_misses'),
};

function show(bucket: Bucket, _request: RestRequest, key: string): RestResponse {
  const document = bucket.store.get(utf8Bytes(key));
  bucket.history.count(document === undefined ? counted.missed : counted.found);
  if (document === undefined) return { status: 404, text: '' };
  const jsonLater = { leastBytes: document.value.length, make: () => documentJson(document) };
  return { status: 200, jsonLater, headers: { ETag: `"${revisionOf(document)}"` } };
}

/** Fields of the form, as ns_server reads them: value, flags (JSON when left out), expiry (seconds), preserveTTL. */
function store(bucket: Bucket, request: RestRequest, key: string): RestResponse {
  const type = request.headers['content-type'];
  if (type !== undefined && !String(type).startsWith('application/x-www-form-urlencoded'))
    return failure(400, 'bad_request', "Must use 'application/x-www-form-urlencoded'");
  const form = formOf(request);
  const flags = unsigned(form.get('flags') ?? String(jsonFlags));
  const expiry = unsigned(form.get('expiry') ?? '0');
  const condition = conditionOf(request);
  if (flags === undefined) return { status: 400, text: "'flags' must be a valid positive integer" };
  if (expiry === undefined) return { status: 400, text: "'expiry' must be a valid integer" };
  if (condition === undefined) return wrongCondition;
  if (Buffer.byteLength(key) > maxKeyBytes)
    return failure(400, 'bad_request', `a document's ID may have ${maxKeyBytes} bytes`);
  bucket.history.count(counted.stored);
  const stored = write(bucket.store, condition.mode, {
    key: utf8Bytes(key),
    value: utf8Bytes(form.get('value') ?? ''),
    flags,
    expiry,
    cas: condition.cas,
    preserveExpiry: form.get('preserveTTL') === 'true',
  });
  if (typeof stored === 'number') return refused(stored, condition);
  return { status: 200, json: [], headers: { ETag: `"${revisionOf(stored)}"` } };
}

/** A number of 32 bits, as the wire carries it. */
function unsigned(text: string): number | undefined {
  return /^\d{1,10}$/u.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined;
}

function drop(bucket: Bucket, request: RestRequest, key: string): RestResponse {
  const condition = conditionOf(request);
  if (condition === undefined || condition.mode === 'add') return wrongCondition;
  const removed = remove(bucket.store, utf8Bytes(key), condition.cas);
  bucket.history.count(removed === statuses.notFound ? counted.notRemoved : counted.removed);
  if (removed === statuses.notFound && condition.mode === 'set') return { status: 404, text: '' };
  return typeof removed === 'number' ? refused(removed, condition) : { status: 200, json: [] };
}

interface Condition {
  readonly mode: 'set' | 'add' | 'replace';
  readonly cas: Cas;
}

/** What the document has to be beforehand (RFC 9110, section 13.1). Undefined for a condition that cannot be told. */
function conditionOf({ headers }: RestRequest): Condition | undefined {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match === undefined && noneMatch === undefined) return { mode: 'set', cas: 0 };
  if (match === undefined) return noneMatch === '*' ? { mode: 'add', cas: 0 } : undefined;
  if (noneMatch !== undefined) return undefined;
  if (match === '*') return { mode: 'replace', cas: 0 };
  const cas = casOfRevision(String(match).replace(/^"(.*)"$/u, '$1'));
  return cas === undefined ? undefined : { mode: 'replace', cas };
}

const wrongCondition = failure(
  400,
  'bad_request',
  'If-Match takes the ETag of a document, or *; If-None-Match takes *, for a document that is to be stored',
);

function refused(status: Status, { mode }: Condition): RestResponse {
  if (status === statuses.notFound) return failure(412, 'conflict', 'the document is gone');
  if (status === statuses.exists)
    return failure(412, 'conflict', mode === 'add' ? 'there is such a document already' : 'the document was changed');
  if (status === statuses.locked) return failure(409, 'locked', 'a client has locked the document');
  if (status === statuses.tooBig) return failure(400, 'bad_request', `a value may have ${maxValueBytes} bytes`);
  if (status === statuses.temporaryFailure) return retryLater('the disk with the data directory is full');
  if (status === statuses.noMemory) return retryLater("the bucket's memory quota is used up");
  return failure(500, 'internal', `status ${status} of the key-value engine`);
}

function retryLater(reason: string): RestResponse {
  return failure(503, 'retry_needed', reason);
}

function failure(status: number, error: string, reason: string): RestResponse {
  return { status, json: { error, reason } };
}
