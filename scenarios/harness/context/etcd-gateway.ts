import { Agent, request } from 'node:http';

/** One request to one etcd member, and how it ended. Never rejects: that a member refuses is what scenarios look at. */
export type GatewayAnswer =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>>; readonly tookMs: number }
  | { readonly ok: false; readonly error: string; readonly tookMs: number };

export interface EtcdGateway {
  /** @param withinMs how long to wait; longer than etcd's own request timeout (5 s + 2 elections) shows etcd's own error */
  post(address: string, path: string, body: object, withinMs: number): Promise<GatewayAnswer>;
  get(address: string, path: string, withinMs: number): Promise<GatewayAnswer>;
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const fromBase64 = (field: unknown): string =>
  typeof field === 'string' ? Buffer.from(field, 'base64').toString() : '';
/** int64 arrives as a string, and not at all when it is 0 (proto3 JSON mapping). */
export const int64 = (field: unknown): number =>
  typeof field === 'string' || typeof field === 'number' ? Number(field) : 0;

/** etcd's JSON gateway (etcd documentation, "gRPC gateway", prefix /v3) on the members' client port, connections kept. */
export function etcdGateway(port = 2379): EtcdGateway {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  const send = (method: 'GET' | 'POST', address: string, path: string, body: string, withinMs: number) =>
    new Promise<GatewayAnswer>((resolve) => {
      const began = performance.now();
      const tookMs = () => Math.round(performance.now() - began);
      const failed = (error: Error) => {
        clearTimeout(timer);
        resolve({ ok: false, error: error.message, tookMs: tookMs() });
      };
      const headers = { 'content-type': 'application/json' };
      const req = request({ host: address, port, path, method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', failed);
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ ...readAnswer(text), tookMs: tookMs() });
        });
      });
      req.on('error', failed);
      const timer = setTimeout(() => req.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
      req.end(body);
    });
  return {
    post: (address, path, body, withinMs) => send('POST', address, path, JSON.stringify(body), withinMs),
    get: (address, path, withinMs) => send('GET', address, path, '', withinMs),
  };
}

/** Errors are `{"error": "text", "code": n}`, or nested one level in a stream's first message. Pure. */
export function readAnswer(
  text: string,
): { ok: true; body: Readonly<Record<string, unknown>> } | { ok: false; error: string } {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { ok: false, error: `not JSON: ${text.slice(0, 120)}` };
  }
  const { error } = body;
  if (error === undefined) return { ok: true, body };
  const message = typeof error === 'string' ? error : (error as { message?: unknown }).message;
  return { ok: false, error: typeof message === 'string' ? message : text.slice(0, 120) };
}
