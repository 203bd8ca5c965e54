import type { Socket } from 'node:net';
import { readRequest, type ResidentRequest } from './resident-request.ts';

/** A request is a command line and the ETCDCTL_ variables, and standard input is a value: nobody's is longer. */
const longestBytes = 4 * 1024 * 1024;
/** For a caller that does not say all it has to say, ms. */
const silenceMs = 30_000;
/** For one that does not take what it is told, ms: a person reads it in a pager. */
const takingMs = 600_000;

/** One caller of the resident etcdctl. What is said to it: a letter, the number of bytes that follow the line, and those. */
export interface Caller {
  /** Nonsense: it is no caller of ours, or says too much. Never comes when it hangs up before. */
  readonly request: Promise<ResidentRequest | 'nonsense'>;
  /** Aborted when it has gone. */
  readonly gone: AbortSignal;
  /** Says one thing to it. @param mark one letter (resident.ts) */
  tell(mark: string, text?: string): void;
  /** Says that its command is taken. @returns does it say that it may begin? False when it has gone, or runs the command by itself by now */
  begin(): Promise<boolean>;
  /** All of its standard input; undefined: that is too long. */
  input(): Promise<string | undefined>;
  /** Nothing more is said; it hangs up when it has taken all, or after ten minutes. */
  end(): void;
}

/** Whoever has connected to the socket, until they hang up. */
export function callerAt(socket: Socket): Caller {
  const gone = new AbortController();
  let received = Buffer.alloc(0);
  let settle: (request: ResidentRequest | 'nonsense') => void = () => {};
  let settleInput: ((text: string | undefined) => void) | undefined;
  const request = new Promise<ResidentRequest | 'nonsense'>((resolve) => (settle = resolve));
  let settleBegin: ((may: boolean) => void) | undefined;
  let isRead = false;

  socket.on('error', () => socket.destroy());
  socket.on('close', () => gone.abort());
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (settleBegin !== undefined) {
      socket.setTimeout(0);
      settleBegin(chunk.toString('latin1') === 'g');
      settleBegin = undefined;
      return;
    }
    if (isRead && settleInput === undefined) return; // nobody asked
    received = Buffer.concat([received, chunk]);
    const isTooLong = received.length > longestBytes;
    if (isRead) {
      if (isTooLong) settleInput?.(undefined);
      return;
    }
    const read = isTooLong ? 'nonsense' : readRequest(received);
    if (read === undefined) return;
    isRead = true;
    received = Buffer.alloc(0);
    settle(read);
  });
  socket.on('end', () => {
    if (settleInput) settleInput(received.toString('utf8'));
    else if (isRead) gone.abort();
    else socket.destroy();
  });
  return {
    request,
    gone: gone.signal,
    tell(mark, text = '') {
      if (socket.writable) socket.write(`${mark}${Buffer.byteLength(text)}\n${text}`);
    },
    begin() {
      this.tell('t');
      return new Promise((resolve) => {
        settleBegin = resolve;
        gone.signal.addEventListener('abort', () => resolve(false), { once: true });
      });
    },
    input() {
      this.tell('i');
      return new Promise((resolve) => {
        settleInput = resolve;
        gone.signal.addEventListener('abort', () => resolve(''), { once: true });
      });
    },
    end() {
      socket.setTimeout(takingMs, () => socket.destroy());
      socket.end();
    },
  };
}
