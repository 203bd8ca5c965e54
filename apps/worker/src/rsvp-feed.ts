import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';

export interface FeedHandlers {
  onMessage(text: string): void;
  /** One line for the log about the connection. */
  onState(line: string): void;
}

export interface RsvpFeed {
  close(): void;
}

/**
 * Follows the stream for ever: one connection at a time (the next is dialled only after the last has closed), with back-off.
 * A connection that brings neither data nor a ping for `silenceMs` is given up: its server may have lost its power.
 */
export function followRsvpFeed(url: string, handlers: FeedHandlers, silenceMs = 10_000): RsvpFeed {
  let stopped = false;
  let failures = 0;
  let socket: WebSocket | undefined;
  let retry: NodeJS.Timeout | undefined;

  const dial = (): void => {
    const current = new WebSocket(url, { handshakeTimeout: 5000, perMessageDeflate: false });
    const end: FeedEnd = { failures };
    let cause = 'closed';
    socket = current;
    const silence = setTimeout(() => {
      cause = `silent for ${silenceMs} ms`;
      current.terminate();
    }, silenceMs);
    current.on('open', () => {
      handlers.onState(`connected to ${url}`);
    });
    current.on('ping', () => silence.refresh());
    current.on('message', (data) => {
      failures = 0;
      silence.refresh();
      handlers.onMessage(textOf(data));
    });
    current.on('unexpected-response', (_request, response: IncomingMessage) => {
      end.refusedWith = response.statusCode;
      const seconds = Number(response.headers['retry-after']);
      if (Number.isFinite(seconds) && seconds >= 0) end.retryAfterMs = seconds * 1000;
      cause = `refused with HTTP ${response.statusCode}`;
      response.resume();
      current.terminate();
    });
    current.on('error', (error: NodeJS.ErrnoException) => {
      if (cause === 'closed') cause = error.code ?? error.message;
    });
    current.on('close', () => {
      clearTimeout(silence);
      if (stopped) return;
      const delay = backoffMs({ ...end, failures });
      failures += 1;
      handlers.onState(`no connection to ${url} (${cause}); next try in ${delay} ms`);
      retry = setTimeout(dial, delay);
    });
  };

  dial();
  return {
    close: () => {
      stopped = true;
      clearTimeout(retry);
      socket?.terminate();
    },
  };
}

/** How a connection attempt, or the connection it gave, ended. */
export interface FeedEnd {
  /** HTTP status of a refused upgrade. */
  refusedWith?: number | undefined;
  /** What the server asked for in Retry-After, ms. */
  retryAfterMs?: number;
  /** Attempts that failed in a row before this one. */
  readonly failures: number;
}

/**
 * ms until the next attempt: 0.5 s doubling up to 10 s. A refusal (the stream allows one connection per address and bans who
 * insists) waits at least as long as the server asked, or 3 s.
 */
export function backoffMs(end: FeedEnd): number {
  const doubling = Math.min(500 * 2 ** Math.min(end.failures, 10), 10_000);
  if (end.refusedWith !== 403 && end.refusedWith !== 429) return doubling;
  return Math.max(doubling, Math.min(end.retryAfterMs ?? 3000, 60_000));
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data as Buffer).toString();
}
