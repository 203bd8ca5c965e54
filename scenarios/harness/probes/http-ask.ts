import { connect, type Socket } from 'node:net';
import { type HttpResponse, readResponse } from './http-response.ts';

/** What is asked; `headers` beyond `host` and `content-length`. */
export interface HttpQuestion {
  readonly host: string;
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** ASCII. */
  readonly body?: string;
}

/** With the answer when its last byte is there, or with an error in a few words. */
export type HttpAnswered = (answer: HttpResponse | undefined, error: string) => void;

/**
 * Kept HTTP/1.1 connections, one question on each at a time. Node's own client would do, but probes ask some sixty times a
 * second all through a run, and it costs about twice the CPU time.
 */
export class HttpLines {
  readonly #free = new Map<string, Socket[]>();
  readonly #all = new Set<Socket>();

  /**
   * `done` is called once. There is no deadline here: whoever asks gives up through the function returned, after which
   * `done` is not called.
   */
  ask(question: HttpQuestion, done: HttpAnswered): () => void {
    const { host, port } = question;
    const at = `${host}:${port}`;
    const socket = this.#free.get(at)?.pop() ?? this.#dial(host, port);
    let received = '';
    const finish = (answer: HttpResponse | undefined, error: string): void => {
      socket.removeListener('data', onData).removeListener('error', onError).removeListener('close', onClose);
      if (answer?.keep === true) this.#release(at, socket);
      else socket.destroy();
      done(answer, error);
    };
    const onData = (data: Buffer): void => {
      received += data.toString('latin1');
      try {
        const answer = readResponse(received);
        if (answer !== undefined) finish(answer, '');
      } catch (error) {
        finish(undefined, shortError(error));
      }
    };
    const onError = (error: Error): void => finish(undefined, shortError(error));
    const onClose = (): void => finish(undefined, 'the connection was closed');
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.write(requestText(question), 'latin1');
    return () => {
      socket.removeListener('data', onData).removeListener('error', onError).removeListener('close', onClose);
      socket.destroy();
    };
  }

  /** Closes what is kept; questions on their way are for their askers to give up. */
  destroy(): void {
    for (const socket of this.#all) socket.destroy();
    this.#free.clear();
  }

  #dial(host: string, port: number): Socket {
    const socket = connect({ host, port, noDelay: true });
    this.#all.add(socket);
    // Also when nobody waits: a server may close a connection that rests.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#all.delete(socket);
      const free = this.#free.get(`${host}:${port}`);
      const index = free?.indexOf(socket) ?? -1;
      if (index >= 0) free?.splice(index, 1);
    });
    return socket;
  }

  #release(at: string, socket: Socket): void {
    const free = this.#free.get(at) ?? [];
    free.push(socket);
    this.#free.set(at, free);
  }
}

function requestText({ method, path, host, port, headers = {}, body = '' }: HttpQuestion): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === 'POST' ? `content-length: ${body.length}\r\n` : '';
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\n${lines.join('')}${length}\r\n${body}`;
}

/** A few words: the system's code where there is one (`ECONNREFUSED`), else the message. */
export function shortError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
