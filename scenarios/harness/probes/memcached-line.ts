import { connect, type Socket } from 'node:net';
import { shortError } from './http-ask.ts';

type Answered = (error: string | undefined, answer: string) => void;

/**
 * One kept connection that speaks memcached's text protocol (memcached's doc/protocol.txt). Answers come in the order of
 * the questions; each question says by what its answer ends. A connection that fails fails all that is open on it, and the
 * next question dials anew.
 */
export class MemcachedLine {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: { readonly end: string; readonly done: Answered }[] = [];
  #received = '';

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** @param end what the answer ends with: `END\r\n` */
  ask(command: string, end: string, done: Answered): void {
    this.#socket ??= this.#dial();
    this.#waiting.push({ end, done });
    this.#socket.write(command);
  }

  /** Fails what is open, in these words. */
  close(error: string): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(error, '');
  }

  #dial(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    const failed = (error: string): void => {
      if (this.#socket === socket) this.close(error);
    };
    socket.on('data', (data) => this.#socket === socket && this.#receive(data.toString('latin1')));
    socket.on('error', (error) => failed(shortError(error)));
    socket.on('close', () => failed('the connection was closed'));
    return socket;
  }

  #receive(text: string): void {
    this.#received += text;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const error = /^(?:ERROR|(?:CLIENT|SERVER)_ERROR [^\r]*)\r\n/.exec(this.#received)?.[0];
      const at = this.#received.indexOf(first.end);
      if (error !== undefined) return this.close(error.trim());
      if (at < 0) return;
      const answer = this.#received.slice(0, at + first.end.length);
      this.#received = this.#received.slice(answer.length);
      this.#waiting.shift();
      first.done(undefined, answer);
    }
  }
}
