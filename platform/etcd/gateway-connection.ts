import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { LabError } from '#errors/lab-error.ts';
import { base64Form } from './base64.ts';
import type { Connection, WatchStream, WatchStreamHandlers } from './connection.ts';
import { etcdFailure, failureFromStatus } from './etcd-failure.ts';
import { type GatewayMethod, gatewayPaths } from './gateway-paths.ts';
import { fields, jsonOf } from './wire.ts';

/**
 * One endpoint over etcd's JSON gateway (etcd documentation "gRPC gateway", prefix /v3 since 3.4) with nothing but node:http:
 * a process that lives for one request starts in a third of the time the gRPC client needs.
 */
export function gatewayConnection(endpoint: string): GatewayConnection {
  const base = endpoint.replace(/\/+$/, '');
  const agent = new Agent({ keepAlive: true });
  return {
    endpoint,
    bytes: base64Form,
    call: (method, body, timeoutMs) => ask(agent, base, { what: method, path: gatewayPaths[method], body }, timeoutMs),
    health: (timeoutMs) => ask(agent, base, { what: 'health', path: '/health' }, timeoutMs),
    watch: (body, on) => watchStream(base, body, on),
    close: () => agent.destroy(),
  };
}

export interface GatewayConnection extends Connection {
  /** As of `Connection`, for more of etcd's methods. */
  call(method: GatewayMethod, request: object, timeoutMs: number): Promise<unknown>;
  /** What the member says of itself at /health, with whatever HTTP status (etcd documentation, "Monitoring etcd"). */
  health(timeoutMs: number): Promise<unknown>;
}

/** Idle time before TCP asks whether the other side is there; then once a second, ten times (Linux, as libuv sets it). */
const keepAliveAfterMs = 2000;

interface Question {
  /** In errors. */
  readonly what: string;
  readonly path: string;
  /** POSTed; without one it is a GET. */
  readonly body?: object;
}

function ask(agent: Agent, base: string, { what, path, body }: Question, timeoutMs: number): Promise<unknown> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const late = () => req.destroy(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    const fail = (failure: LabError) => {
      clearTimeout(timer);
      reject(failure);
    };
    const headers = { 'content-type': 'application/json', 'grpc-timeout': `${Math.ceil(timeoutMs)}m` };
    const req = httpRequest(`${base}${path}`, { method, agent, headers }, (res) => {
      readAll(res).then(
        (text) => {
          clearTimeout(timer);
          const answer = readAnswer(text, base, what);
          if ('failure' in answer) reject(answer.failure);
          else resolve(answer.message);
        },
        (error: unknown) => fail(lostAnswer(error, base, what)),
      );
    });
    req.on('error', (error) => fail(lostAnswer(error, base, what)));
    req.end(body && JSON.stringify(body));
  });
}

function watchStream(base: string, body: object, on: WatchStreamHandlers): WatchStream {
  let over = false;
  const end = (failure: Error) => {
    if (over) return;
    over = true;
    on.onEnd(failure);
  };
  const headers = { 'content-type': 'application/json', 'grpc-metadata-hasleader': 'true' };
  const req = httpRequest(`${base}/v3/watch`, { method: 'POST', headers, agent: false }, (res) => {
    let rest = '';
    res.setEncoding('utf8');
    res.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (over || line.trim() === '') continue;
        const answer = readAnswer(line, base, 'watch');
        if ('failure' in answer) return end(answer.failure);
        on.onMessage(answer.message);
      }
    });
    res.on('error', (error) => end(lostAnswer(error, base, 'watch')));
    res.on('close', () => end(etcdFailure('timeout.etcd', base, 'watch', 'the watch stream ended')));
  });
  req.on('error', (error) => end(lostAnswer(error, base, 'watch')));
  // A machine whose cord was pulled says no goodbye, and nothing is ever sent on a watch that would find it out.
  req.setSocketKeepAlive(true, keepAliveAfterMs);
  req.end(JSON.stringify(body));
  return {
    cancel() {
      over = true;
      req.destroy();
    },
  };
}

type Answer = { readonly message: unknown } | { readonly failure: LabError };

/** Streaming answers are wrapped: `{"result": …}`; errors are `{"error": …, "code": n}`, flat or one level down. Pure. */
export function readAnswer(text: string, base: string, what: string): Answer {
  const raw = fields(jsonOf(text));
  if (raw === undefined)
    return { failure: etcdFailure('internal.etcd', base, what, `not a JSON object: ${text.slice(0, 120)}`) };
  const { error } = raw;
  if (error === undefined) return { message: raw['result'] ?? raw };
  const inner = fields(error);
  const code = inner === undefined ? raw['code'] : inner['grpc_code'];
  const message = inner === undefined ? error : inner['message'];
  const status = typeof code === 'number' ? code : unknownStatus;
  return { failure: failureFromStatus(status, typeof message === 'string' ? message : text, base, what) };
}

/** gRPC's UNKNOWN: what an error without a code of its own is. */
const unknownStatus = 2;

function lostAnswer(error: unknown, base: string, what: string): LabError {
  const { code, message } = error as NodeJS.ErrnoException;
  const neverSent = code !== undefined && /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code);
  return etcdFailure(neverSent ? 'timeout.etcd-connect' : 'timeout.etcd', base, what, message);
}

/** By events: each request of every client waits for it, and an iterator costs several turns of the queue a chunk. */
function readAll(res: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    res.setEncoding('utf8');
    res.on('data', (chunk: string) => (text += chunk));
    res.on('end', () => resolve(text));
    res.on('error', reject);
  });
}
