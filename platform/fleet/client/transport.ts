import { LabError } from '#errors/lab-error.ts';
import {
  type Credentials,
  type Endpoint,
  EndpointFailure,
  exchange,
  type HttpReply,
  parseEndpoint,
  type Question,
  readLines,
} from './endpoint.ts';
import { errorSchema, watchBeatMs } from './wire.ts';

/** Sends requests to the first endpoint that can answer them. */
export interface Transport {
  /** @throws LabError `state.fleet-unreachable`, with one evidence line an endpoint */
  send(method: string, path: string, body?: unknown): Promise<HttpReply>;
  /**
   * An answer without an end, from one endpoint after the other, until `signal`. What a new one tells begins anew.
   * @returns an answer that is not 200
   * @throws LabError `state.fleet-unreachable`; whatever `line` throws
   */
  follow(path: string, body: unknown, on: Parameters<typeof readLines>[2]): Promise<HttpReply | undefined>;
}

/** A dead machine answers no connection request at all: go on to the next one soon, later where answers take long. */
const connectMs = (timeoutMs: number): number => Math.max(700, timeoutMs / 10);

/**
 * Tries the endpoints in turn, beginning with the one that answered last. The next one is asked when one cannot be reached or says
 * 503 (it has no etcd); a write that may have been carried out is not sent again.
 * @param timeoutMs deadline of one request to one endpoint
 * @throws LabError `usage.endpoint`
 */
export function failoverTransport(urls: readonly string[], timeoutMs: number, credentials?: Credentials): Transport {
  const endpoints = urls.map((url) => parseEndpoint(url, credentials));
  if (endpoints.length === 0)
    throw new LabError({
      code: 'usage.endpoint',
      cause: 'no fleet endpoint given',
      next: 'set FLEETCTL_ENDPOINT or pass --endpoint',
    });
  let first = 0;
  /** Asks one after the other until one does not say 503. */
  const oneOf = async <T extends HttpReply | undefined>(
    asks: (endpoint: Endpoint) => Promise<T>,
    isRepeatable: boolean,
  ): Promise<T> => {
    const evidence: string[] = [];
    for (let i = 0; i < endpoints.length; i++) {
      const index = (first + i) % endpoints.length;
      const endpoint = endpoints[index];
      if (endpoint === undefined) continue;
      try {
        const reply = await asks(endpoint);
        if (reply?.status !== 503) {
          first = index;
          return reply;
        }
        evidence.push(`${endpoint.url}: 503 ${messageOf(reply.body)}`);
      } catch (error) {
        if (!(error instanceof EndpointFailure)) throw error;
        evidence.push(error.message);
        if (error.sent && !isRepeatable) break;
      }
    }
    throw unreachable(evidence);
  };
  const questionOf = (method: string, path: string, body: unknown): Question => ({
    method,
    path,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return {
    send: (method, path, body) =>
      oneOf(
        (endpoint) => exchange(endpoint, questionOf(method, path, body), timeoutMs, connectMs(timeoutMs)),
        method === 'GET',
      ),
    async follow(path, body, on) {
      const question = questionOf('POST', path, body);
      for (;;) {
        const reply = await oneOf((endpoint) => readWhileTold(endpoint, question, on, timeoutMs), true);
        if (reply !== ended) return reply;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    },
  };
}

/** Instead of an answer: it told something and then ended, or fell silent. All endpoints are worth asking again. */
const ended: HttpReply = { status: 0, body: '' };
const againMs = 100;
/** One may be late; a server that has said nothing for so many says nothing. */
const beatsMissed = 3;

async function readWhileTold(
  endpoint: Endpoint,
  question: Question,
  on: Parameters<typeof readLines>[2],
  timeoutMs: number,
): Promise<HttpReply | undefined> {
  let told = false;
  const line = (one: string): void => {
    told = true;
    on.line(one);
  };
  const silenceMs = Math.max(timeoutMs, beatsMissed * watchBeatMs);
  const limits = { connectMs: connectMs(timeoutMs), answerMs: timeoutMs, silenceMs };
  try {
    return await readLines(endpoint, question, { line, signal: on.signal }, limits);
  } catch (error) {
    if (told && error instanceof EndpointFailure) return ended;
    throw error;
  }
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
