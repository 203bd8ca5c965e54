import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestByTls, type RequestOptions } from 'node:https';
import { LabError } from '#errors/lab-error.ts';

/** Where fleet's API listens, on every machine, unless it is told otherwise: the original's port. */
export const defaultApiPort = 49153;

/** One address of the API. */
export interface Endpoint {
  readonly url: string;
  readonly target: Pick<RequestOptions, 'socketPath' | 'host' | 'port' | 'ca' | 'cert' | 'key'>;
  readonly isTls: boolean;
  /** Sent as a bearer token. */
  readonly token?: string;
}

/** How a client shows who it is, by TCP, and whom it trusts. PEM. */
export interface Credentials {
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Question {
  readonly method: string;
  readonly path: string;
  /** JSON. */
  readonly body?: string | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/**
 * `unix:///run/fleet.sock`, `http://host:port` or `https://host:port`; as with fleet 0.8 also the path or `host:port` alone.
 * @throws LabError `usage.endpoint`
 */
export function parseEndpoint(url: string, { token, ...tls }: Credentials = {}): Endpoint {
  const path = /^(?:unix:\/\/)?(\/.+)$/.exec(url)?.[1];
  if (path !== undefined) return { url: `unix://${path}`, target: { socketPath: path }, isTls: false };
  const whole = /^[^/:]+:\d+$/.test(url) ? `http://${url}` : url;
  const [, scheme, name, port] = /^(https?|tcp):\/\/([^/:]+|\[[^\]]+\])(?::(\d+))?\/?$/.exec(whole) ?? [];
  if (name !== undefined) {
    const target = { host: name.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultApiPort) };
    const isTls = scheme === 'https';
    return { url: whole, target: isTls ? { ...target, ...tls } : target, isTls, ...(token !== undefined && { token }) };
  }
  throw new LabError({
    code: 'usage.endpoint',
    cause: `"${url}" is no fleet endpoint`,
    next: 'write it as http://172.17.8.101:49153 or unix:///run/fleet.sock',
  });
}

/** The request did not reach the server, or no answer came in time; `sent` = the server may have acted on it. */
export class EndpointFailure extends Error {
  readonly sent: boolean;
  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** One request to one endpoint. `timeoutMs` bounds all of it, `connectMs` the connecting. @throws EndpointFailure */
export function exchange(
  endpoint: Endpoint,
  question: Question,
  timeoutMs: number,
  connectMs: number,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const asked = ask(endpoint, question, Math.min(connectMs, timeoutMs), {
      fail(failure) {
        clearTimeout(deadline);
        reject(failure);
      },
      answer(response) {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    });
    const deadline = setTimeout(() => asked.fail(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
}

/**
 * One request whose answer goes on: each line is given to `line` as it comes. Resolves when `signal` says that it is enough, or with an answer
 * that is not 200.
 * @param limits.answerMs the longest time until the first line
 * @param limits.silenceMs the longest time between two lines
 * @throws EndpointFailure when the answer ends, or is silent for too long; whatever `line` throws
 */
export function readLines(
  endpoint: Endpoint,
  question: Question,
  on: { line(line: string): void; signal: AbortSignal },
  limits: { readonly connectMs: number; readonly answerMs: number; readonly silenceMs: number },
): Promise<HttpReply | undefined> {
  return new Promise((resolve, reject) => {
    let rest = '';
    let refusal: HttpReply | undefined;
    const settle = (end: () => void): void => {
      clearTimeout(silence);
      on.signal.removeEventListener('abort', enough);
      end();
    };
    const asked = ask(endpoint, question, limits.connectMs, {
      fail: (failure) => settle(() => (refusal === undefined ? reject(failure) : resolve(refusal))),
      answer(response) {
        const status = response.statusCode ?? 0;
        if (status !== 200) refusal = { status, body: '' };
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          clearTimeout(silence);
          silence = within(limits.silenceMs);
          const lines = (rest + chunk).split('\n');
          if (status !== 200) return void (refusal = { status, body: (rest += chunk) });
          rest = lines.pop() ?? '';
          try {
            for (const line of lines) if (!on.signal.aborted) on.line(line);
          } catch (error) {
            asked.request.destroy();
            settle(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        });
        response.on('end', () => asked.fail('the answer ended'));
      },
    });
    const within = (ms: number): NodeJS.Timeout => setTimeout(() => asked.fail(`nothing within ${ms} ms`), ms);
    let silence = within(limits.answerMs);
    function enough(): void {
      asked.request.destroy();
      settle(() => resolve(undefined));
    }
    on.signal.addEventListener('abort', enough);
    if (on.signal.aborted) enough();
  });
}

function ask(
  endpoint: Endpoint,
  { method, path, body }: Question,
  connectMs: number,
  on: { fail(failure: EndpointFailure): void; answer(response: IncomingMessage): void },
): { readonly request: ClientRequest; fail(cause: string): void } {
  let connected = false;
  const fail = (cause: string): void => {
    clearTimeout(connecting);
    outgoing.destroy();
    on.fail(new EndpointFailure(`${endpoint.url}: ${cause}`, connected));
  };
  const request = endpoint.isTls ? requestByTls : requestPlain;
  const outgoing = request({
    ...endpoint.target,
    method,
    path,
    agent: false,
    headers: {
      // TLS goes by this name, too.
      Host: endpoint.target.socketPath === undefined ? new URL(endpoint.url).host : 'fleet',
      ...(endpoint.token !== undefined && { Authorization: `Bearer ${endpoint.token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    },
  });
  const connecting = setTimeout(() => fail(`no connection within ${connectMs} ms`), connectMs);
  outgoing.on('socket', (socket) =>
    socket.on('connect', () => {
      connected = true;
      clearTimeout(connecting);
    }),
  );
  outgoing.on('error', (error) => fail(error.message));
  outgoing.on('response', (response) => {
    response.on('error', (error) => fail(error.message));
    on.answer(response);
  });
  outgoing.end(body);
  return { request: outgoing, fail };
}
