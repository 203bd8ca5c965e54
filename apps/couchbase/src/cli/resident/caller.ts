import type { Socket } from 'node:net';
import { readRequest, type CliRequest } from './request.ts';

/** Longest command line with its variables, bytes; the client knows it, too. */
const longestBytes = 128 * 1024;
/** For a caller that does not say all it has to say, ms. */
const silenceMs = 10_000;
/** For one that does not take what it is told, ms: a person reads it in a pager. */
const takingMs = 600_000;

/** Whoever has connected to the socket of the resident couchbase-cli. */
export interface Caller {
  /** Aborted when it has hung up. */
  readonly gone: AbortSignal;
  /** A letter, the number of bytes that follow the line, and those. */
  tell(mark: string, text?: string): void;
}

/**
 * Hears a caller out, and calls `run` when it has said that it leaves its command to this process: not before, for until then it may go away
 * and run the command by itself. What `run` has told is sent to its end, then the connection is closed.
 */
export function hear(socket: Socket, run: (request: CliRequest, caller: Caller) => Promise<void>): void {
  const gone = new AbortController();
  const caller: Caller = {
    gone: gone.signal,
    tell(mark, text = '') {
      if (socket.writable) socket.write(`${mark}${Buffer.byteLength(text)}\n${text}`);
    },
  };
  const end = (): void => {
    socket.setTimeout(takingMs, () => socket.destroy());
    socket.end();
  };
  let received: Buffer = Buffer.alloc(0);
  let request: CliRequest | undefined;
  let isDone = false;

  const read = (): void => {
    const found = received.length > longestBytes ? 'nonsense' : readRequest(received);
    if (found === undefined) return;
    received = Buffer.alloc(0);
    isDone = found === 'nonsense';
    if (found !== 'nonsense') request = found;
    caller.tell(isDone ? 'n' : 'r');
    if (isDone) end();
  };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => gone.abort());
  socket.on('end', () => socket.destroy());
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (isDone) return;
    if (request === undefined) {
      received = Buffer.concat([received, chunk]);
      return read();
    }
    isDone = true;
    if (chunk.toString('latin1') !== 'g') return void socket.destroy();
    socket.setTimeout(0);
    void run(request, caller).finally(end);
  });
}
