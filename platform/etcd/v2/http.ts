import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { goJson } from './go-json.ts';
import type { MemberStatus } from './member.ts';

/** On every answer of etcd that was told of no origins. */
const cors = {
  'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'Access-Control-Allow-Origin': '*',
};

const plain = { 'Content-Type': 'text/plain; charset=utf-8' };

/** An answer with its length, so that clients of HTTP/1.0 find its end. HEAD takes the same and shows no body. */
export function send(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...cors, ...headers, 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}

/** Ends an answer with a value as JSON, in the form that Go writes it (etcd is Go): `<` and `>` escaped, a newline at the end. */
export function sendJson(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, value: unknown): void {
  send(res, status, { 'Content-Type': 'application/json', ...headers }, goJson(value));
}

/** On every answer of etcd about keys and members. */
export function clusterHeader({ clusterId }: MemberStatus): OutgoingHttpHeaders {
  return { 'X-Etcd-Cluster-Id': clusterId };
}

/** Where etcd's log stood; on answers that are no refusals. */
export function raftHeaders(status: MemberStatus): OutgoingHttpHeaders {
  return { ...clusterHeader(status), 'X-Raft-Index': status.raftIndex, 'X-Raft-Term': status.raftTerm };
}

/** A refusal that is not about keys: etcd ends it without a line feed. */
export function sendMessage(
  res: ServerResponse,
  status: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  send(res, status, { 'Content-Type': 'application/json', ...headers }, goJson({ message }).trimEnd());
}

/** Begins an answer whose body comes later, so that the client sees at once that it is waited for. */
export function begin(res: ServerResponse, headers: OutgoingHttpHeaders): void {
  res.writeHead(200, { ...cors, 'Content-Type': 'application/json', ...headers });
  res.flushHeaders();
}

/** Go's http.Error. */
export function sendError(res: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  send(res, status, { ...plain, 'X-Content-Type-Options': 'nosniff', ...headers }, `${text}\n`);
}

/** Ends an answer with plain text. */
export function sendText(res: ServerResponse, status: number, text: string): void {
  send(res, status, plain, text);
}

/** False: it was answered with 405. */
export function allow(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): boolean {
  if (req.method !== undefined && methods.includes(req.method)) return true;
  sendError(res, 405, 'Method Not Allowed', { Allow: methods.join(',') });
  return false;
}

/** Where Go's ServeMux sends who asks for a path with `//`, `.` or `..` in it. */
export function redirect(req: IncomingMessage, res: ServerResponse, location: string): void {
  const shows = req.method === 'GET' || req.method === 'HEAD';
  const escaped = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;');
  const type = shows ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
  const body = req.method === 'GET' ? `<a href="${escaped}">Moved Permanently</a>.\n\n` : '';
  send(res, 301, { ...type, Location: location }, body);
}
