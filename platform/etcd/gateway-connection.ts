import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { LabError } from '../../errors/lab-error.ts';
import type { Connection, WatchStream, WatchStreamHandlers } from './connection.ts';
import { etcdFailure, failureFromStatus } from './etcd-failure.ts';
import type { WireMethod } from './wire.ts';

/**
 * One endpoint over etcd's JSON gateway (etcd documentation "gRPC gateway", prefix /v3 since 3.4) with nothing but node:http:
 * a process that lives for one request starts in a third of the time the gRPC client needs.
 */
export function gatewayConnection(endpoint: string): Connection {
  const base = endpoint.replace(/\/+$/, '');
  const agent = new Agent({ keepAlive: true });
  return {
    endpoint,
    bytes: {
      encode: (bytes) => bytes.toString('base64'),
      decode: (field) => (typeof field === 'string' ? Buffer.from(field, 'base64').toString('utf8') : ''),
    },
    call: (method, body, timeoutMs) => call(agent, base, method, body, timeoutMs),
    watch: (body, on) => watchStream(base, body, on),
    close: () => agent.destroy(),
  };
}

/** Idle time before TCP asks whether the other side is there; then once a second, ten times (Linux, as libuv sets it). */
const keepAliveAfterMs = 2000;

const paths: Record<WireMethod, string> = {
  range: '/v3/kv/range',
  put: '/v3/kv/put',
  deleteRange: '/v3/kv/deleterange',
  txn: '/v3/kv/txn',
  leaseGrant: '/v3/lease/grant',
  leaseRevoke: '/v3/lease/revoke',
  leaseTimeToLive: '/v3/lease/timetolive',
  leaseKeepAlive: '/v3/lease/keepalive',
};

function call(agent: Agent, base: string, method: WireMethod, body: object, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = () => req.destroy(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    const fail = (failure: LabError) => {
      clearTimeout(timer);
      reject(failure);
    };
    const headers = { 'content-type': 'application/json', 'grpc-timeout': `${Math.ceil(timeoutMs)}m` };
    const req = httpRequest(`${base}${paths[method]}`, { method: 'POST', agent, headers }, (res) => {
      readAll(res).then(
        (text) => {
          clearTimeout(timer);
          const answer = parseAnswer(text, base, method);
          if ('failure' in answer) reject(answer.failure);
          else resolve(answer.message);
        },
        (error: unknown) => fail(lostAnswer(error, base, method)),
      );
    });
    req.on('error', (error) => fail(lostAnswer(error, base, method)));
    req.end(JSON.stringify(body));
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
        const answer = parseAnswer(line, base, 'watch');
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

type Answer = { message: unknown } | { failure: LabError };

/** Streaming answers are wrapped: `{"result": …}`; errors are `{"error": …, "code": n}`, flat or one level down. */
function parseAnswer(text: string, base: string, what: string): Answer {
  let raw: { result?: unknown; error?: unknown; code?: number; message?: string };
  try {
    raw = JSON.parse(text) as typeof raw;
  } catch {
    return { failure: etcdFailure('internal.etcd', base, what, `not JSON: ${text.slice(0, 120)}`) };
  }
  if (raw.error === undefined) return { message: raw.result ?? raw };
  const inner = raw.error as { grpc_code?: number; message?: string } | string;
  const [code, message] = typeof inner === 'string' ? [raw.code, inner] : [inner.grpc_code, inner.message];
  return { failure: failureFromStatus(code ?? 2, message ?? text, base, what) };
}

function lostAnswer(error: unknown, base: string, what: string): LabError {
  const { code, message } = error as NodeJS.ErrnoException;
  const neverSent = code !== undefined && /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code);
  return etcdFailure(neverSent ? 'timeout.etcd-connect' : 'timeout.etcd', base, what, message);
}

async function readAll(res: IncomingMessage): Promise<string> {
  let text = '';
  res.setEncoding('utf8');
  for await (const chunk of res) text += chunk as string;
  return text;
}
