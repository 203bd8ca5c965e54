import { request, type RequestOptions } from 'node:http';
import { LabError } from '#errors/lab-error.ts';

/** Where fleet's API listens, on every machine, unless it is told otherwise: the original's port. */
export const defaultApiPort = 49153;

/** One address of the API. */
export interface Endpoint {
  readonly url: string;
  readonly target: Pick<RequestOptions, 'socketPath' | 'host' | 'port'>;
}

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** `unix:///run/fleet.sock` or `http://host:port`. @throws LabError `usage.endpoint` */
export function parseEndpoint(url: string): Endpoint {
  const path = /^unix:\/\/(\/.+)$/.exec(url)?.[1];
  if (path !== undefined) return { url, target: { socketPath: path } };
  const [, host, port] = /^(?:http|tcp):\/\/([^/:]+|\[[^\]]+\])(?::(\d+))?\/?$/.exec(url) ?? [];
  if (host !== undefined)
    return { url, target: { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultApiPort) } };
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
  method: string,
  path: string,
  body: string | undefined,
  timeoutMs: number,
  connectMs: number,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (cause: string): void => {
      clearTimeout(connecting);
      clearTimeout(deadline);
      outgoing.destroy();
      reject(new EndpointFailure(`${endpoint.url}: ${cause}`, connected));
    };
    const outgoing = request({
      ...endpoint.target,
      method,
      path,
      agent: false,
      headers: {
        Host: 'fleet',
        ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      },
    });
    const connecting = setTimeout(() => fail(`no connection within ${connectMs} ms`), Math.min(connectMs, timeoutMs));
    const deadline = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    outgoing.on('socket', (socket) =>
      socket.on('connect', () => {
        connected = true;
        clearTimeout(connecting);
      }),
    );
    outgoing.on('error', (error) => fail(error.message));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        clearTimeout(connecting);
        clearTimeout(deadline);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.end(body);
  });
}
