import { request as httpRequest } from 'node:http';

/** Whom to talk to and as whom. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Ends a request that is under way. */
  readonly gone: AbortSignal | undefined;
}

export interface Exchanged {
  readonly status: number;
  /** The status line's words. */
  readonly reason: string;
  readonly isJson: boolean;
  /** Body without white space at its end. */
  readonly text: string;
}

/** Longest wait for an answer, milliseconds; 4.0's was a minute. */
const timeoutMs = 60_000;
/** Longest answer, bytes: a thousand users with a hundred roles each are less. */
const longestBytes = 8 * 1024 * 1024;
/** `code` of the error that the wait ends with. */
export const timedOut = 'LAB_TIMED_OUT';

/** One request to the management port, its form as application/x-www-form-urlencoded. @throws Error with a `code` of the system's, or `timedOut` */
export function exchange(
  { host, port, user, password, gone }: Target,
  method: string,
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<Exchanged> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const auth = user === undefined ? {} : { auth: `${user}:${password ?? ''}` };
  const headers =
    body === undefined
      ? {}
      : { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) };
  const until = gone === undefined ? {} : { signal: gone };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host, port, method, path, headers, ...auth, ...until, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > longestBytes) incoming.destroy(new Error(`the answer is longer than ${longestBytes} bytes`));
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? '',
          isJson: incoming.headers['content-type']?.startsWith('application/json') === true,
          text: Buffer.concat(chunks).toString('utf8').trimEnd(),
        }),
      );
    });
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(Object.assign(new Error('timed out'), { code: timedOut })));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** HOST[:PORT], with or without `http://` or `couchbase://`; undefined for anything else. */
export function readAddress(text = ''): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:http:\/\/|couchbase:\/\/)?(\[[^\]]+\]|[^:/\s]+)(?::(\d{1,5}))?\/?$/u.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { host: match[1].replace(/^\[|\]$/gu, ''), port: Number(match[2] ?? 8091) };
}
