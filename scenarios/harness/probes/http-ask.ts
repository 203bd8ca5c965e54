import { type Agent, type IncomingMessage, request } from 'node:http';

/** What is sent; headers beyond `host` and those of the body. */
export interface HttpQuestion {
  readonly agent: Agent;
  readonly host: string;
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Only where `wantBody` says so. */
  readonly body: string;
}

/**
 * One request over a connection that is kept. `done` is called once: with the answer when its last byte is there, or with an
 * error. There is no deadline here: whoever asks gives up through the function returned, after which `done` is not called.
 * @param wantBody by status; a page's bytes are counted off and dropped
 */
export function httpAsk(
  question: HttpQuestion,
  wantBody: (status: number) => boolean,
  done: (answer: HttpAnswer | undefined, error: string) => void,
): () => void {
  let over = false;
  const finish = (answer: HttpAnswer | undefined, error: string): void => {
    if (over) return;
    over = true;
    done(answer, error);
  };
  const { body, ...options } = question;
  const call = request(options, (response) => {
    const status = response.statusCode ?? 0;
    const chunks: Buffer[] = [];
    if (wantBody(status)) response.on('data', (chunk: Buffer) => chunks.push(chunk));
    else response.resume();
    response.on('end', () => finish({ status, headers: response.headers, body: Buffer.concat(chunks).toString() }, ''));
    response.on('error', (error) => finish(undefined, shortError(error)));
  });
  call.on('error', (error) => finish(undefined, shortError(error)));
  call.end(body);
  return () => {
    over = true;
    call.destroy();
  };
}

/** A few words: the system's code where there is one (`ECONNREFUSED`), else the message. */
export function shortError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
