import { LabError } from '#errors/lab-error.ts';
import { EndpointFailure, exchange, parseEndpoint, type HttpReply } from './endpoint.ts';
import { errorSchema } from './wire.ts';

/** Sends a request to the first endpoint that can answer it. */
export type Transport = (method: string, path: string, body?: unknown) => Promise<HttpReply>;

/** A dead machine answers no connection request at all: go on to the next one soon, later where answers take long. */
const connectMs = (timeoutMs: number): number => Math.max(700, timeoutMs / 10);

/**
 * Tries the endpoints in turn, beginning with the one that answered last. The next one is asked when one cannot be reached or says
 * 503 (it has no etcd); a write that may have been carried out is not sent again.
 * @param timeoutMs deadline of one request to one endpoint
 * @throws LabError `state.fleet-unreachable`, with one evidence line an endpoint
 */
export function failoverTransport(urls: readonly string[], timeoutMs: number): Transport {
  const endpoints = urls.map(parseEndpoint);
  if (endpoints.length === 0)
    throw new LabError({
      code: 'usage.endpoint',
      cause: 'no fleet endpoint given',
      next: 'set FLEETCTL_ENDPOINT or pass --endpoint',
    });
  let first = 0;
  return async (method, path, body) => {
    const evidence: string[] = [];
    for (let i = 0; i < endpoints.length; i++) {
      const index = (first + i) % endpoints.length;
      const endpoint = endpoints[index];
      if (endpoint === undefined) continue;
      try {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const reply = await exchange(endpoint, method, path, text, timeoutMs, connectMs(timeoutMs));
        if (reply.status !== 503) {
          first = index;
          return reply;
        }
        evidence.push(`${endpoint.url}: 503 ${messageOf(reply.body)}`);
      } catch (error) {
        if (!(error instanceof EndpointFailure)) throw error;
        evidence.push(error.message);
        if (error.sent && method !== 'GET') break;
      }
    }
    throw unreachable(evidence);
  };
}

function unreachable(evidence: readonly string[]): LabError {
  const noEtcd = evidence.some((line) => line.includes(': 503 '));
  return new LabError({
    code: 'state.fleet-unreachable',
    cause: noEtcd ? 'fleet cannot reach etcd: etcd is down or has lost its quorum' : 'no fleet endpoint answers',
    evidence,
    next: noEtcd
      ? 'start the machines that are down (two of three are needed)'
      : 'check that the machines are up and fleetd runs on them: systemctl status fleet',
  });
}

/** The message of an error body, or the body itself. */
export function messageOf(body: string): string {
  try {
    const message = errorSchema.safeParse(JSON.parse(body)).data?.error.message;
    if (message) return message;
  } catch {
    // not JSON
  }
  return body.trim().slice(0, 200);
}
