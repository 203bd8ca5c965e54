import type { IncomingMessage, ServerResponse } from 'node:http';
import { LabError } from '#errors/lab-error.ts';
import { isEtcdAway } from '../etcd-failure.ts';
import { parseForm } from './form.ts';
import { allow, clusterHeader, raftHeaders, sendJson } from './http.ts';
import type { KeysParts } from './keys-parts.ts';
import { keysMethods, readKeysRequest, type KeysMethod, type KeysRequest } from './keys-request.ts';
import type { MemberStatus } from './member.ts';
import { readKey, type KeyAnswer } from './read-key.ts';
import { refusal, refusalAnswer, type Refusal } from './refusal.ts';
import { serveWatch } from './serve-watch.ts';
import { writeKey } from './write-key.ts';

/** `/v2/keys`. @param path of the key, cleaned */
export async function serveKeys(
  parts: KeysParts,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: string,
): Promise<void> {
  const method = keysMethods.find((known) => known === req.method);
  if (!allow(req, res, keysMethods) || method === undefined) return;
  const status = parts.member.status();
  // Whoever fails first answers; it is asked for again where it is needed.
  status.catch(() => undefined);
  try {
    const request = await readRequest(parts, req, method, path, query);
    if ('code' in request) return await refuse(res, request, status);
    if (request.wait) return await serveWatch(parts, req, res, request, status);
    const answer = await carryOut(parts, request, status);
    parts.stats.count(request, answer);
    if ('code' in answer) return await refuse(res, answer, status);
    // What was written is said to be, also when the member no longer tells where its log stands.
    const raft = await status.then(raftHeaders, () => ({}));
    const headers = { 'X-Etcd-Index': answer.index, ...raft };
    sendJson(res, answer.created ? 201 : 200, headers, bodyOf(request, answer));
  } catch (error) {
    if (req.destroyed && !req.complete) return;
    await refuse(res, failureOf(error), status);
  }
}

function carryOut(
  { member, turns }: KeysParts,
  request: KeysRequest,
  status: Promise<MemberStatus>,
): Promise<KeyAnswer | Refusal> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads ? readKey(member, request, status, Date.now) : writeKey(member, turns, request, Date.now);
}

async function readRequest(
  { limits, readBody }: KeysParts,
  req: IncomingMessage,
  method: KeysMethod,
  path: string,
  query: string,
): Promise<KeysRequest | Refusal> {
  const hasBody = method === 'PUT' || method === 'POST';
  const body = hasBody ? await readBody(req) : undefined;
  if (body === 'too long') return refusal(210, 'http: POST too large');
  if (body === 'too many') return refusal(300, 'too much is being sent at once');
  const parsed = parseForm(query, body, req.headers['content-type']);
  if ('problem' in parsed) return refusal(210, parsed.problem);
  if (path.split('/').length > limits.depth) return refusal(210, 'key has too many parts');
  return readKeysRequest(method, path, parsed.form);
}

function bodyOf({ noValueOnSuccess, method }: KeysRequest, { action, node, prevNode }: KeyAnswer): object {
  const quiet = noValueOnSuccess && (method === 'PUT' || method === 'POST');
  if (quiet) return { action };
  return prevNode === undefined ? { action, node } : { action, node, prevNode };
}

/** Without a quorum etcd's own words; everything else as it is. */
function failureOf(error: unknown): Refusal {
  if (!(error instanceof LabError)) throw error;
  if (isEtcdAway(error) && error.code === 'timeout.etcd') return refusal(300, 'etcdserver: request timed out');
  return refusal(300, [error.message, ...error.evidence].join(': '));
}

async function refuse(res: ServerResponse, what: Refusal, status: Promise<MemberStatus>): Promise<void> {
  const { status: code, body } = refusalAnswer(what);
  const known = await status.catch(() => undefined);
  const cluster = known === undefined ? {} : clusterHeader(known);
  sendJson(res, code, { ...cluster, 'X-Etcd-Index': what.index }, body);
}
