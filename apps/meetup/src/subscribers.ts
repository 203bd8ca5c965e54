import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { silence, type ConnectionBook, type ConnectionRecord } from './connection-book.ts';

/** One listener of the stream, however it is connected. */
export interface Subscriber {
  /** Sends one RSVP (JSON), unless it has just gone. */
  send(text: string): void;
  /** Called every ping period: asks for a sign of life and ends what gave none. */
  check(): void;
  /** Ends the connection, and writes down why; the first reason stays. */
  end(reason: string): void;
}

interface Place {
  readonly record: ConnectionRecord;
  readonly book: ConnectionBook;
  readonly subscribers: Set<Subscriber>;
  /** ms without a sign of life after which a connection is dead. */
  readonly deadMs: number;
}

/**
 * Ping/pong (RFC 6455 section 5.5.2) is the only way to notice a machine that lost its power: its TCP connection never closes.
 */
export function serveWebSocket({
  webSocket,
  record,
  book,
  subscribers,
  deadMs,
}: Place & { webSocket: WebSocket }): void {
  const subscriber: Subscriber = {
    send: (text) => {
      if (webSocket.readyState !== webSocket.OPEN) return;
      webSocket.send(text);
      record.events += 1;
    },
    check: () => {
      if (Date.now() - record.lastSeenAt > deadMs) subscriber.end(silence);
      else if (webSocket.bufferedAmount > maxBacklog) subscriber.end('too slow: its backlog was over 1 MiB');
      else if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    },
    end: (reason) => {
      book.close(record, reason);
      subscribers.delete(subscriber);
      webSocket.terminate();
    },
  };
  webSocket.on('pong', () => {
    book.seen(record);
  });
  webSocket.on('message', () => {
    book.seen(record);
  });
  webSocket.on('error', (error) => {
    subscriber.end(`error: ${error.message}`);
  });
  webSocket.on('close', (code) => {
    book.close(record, `closed (${code})`);
    subscribers.delete(subscriber);
  });
  subscribers.add(subscriber);
}

/** Plain HTTP cannot be pinged; bytes that the other side takes off our hands are its sign of life. */
export function serveHttp({ response, record, book, subscribers, deadMs }: Place & { response: ServerResponse }): void {
  const subscriber: Subscriber = {
    send: (text) => {
      response.write(`${text}\n`);
      record.events += 1;
    },
    check: () => {
      if (response.writableLength === 0) book.seen(record);
      else if (Date.now() - record.lastSeenAt > deadMs) subscriber.end('silent: takes no more bytes');
    },
    end: (reason) => {
      book.close(record, reason);
      subscribers.delete(subscriber);
      response.destroy();
    },
  };
  response.on('close', () => {
    book.close(record, 'closed');
    subscribers.delete(subscriber);
  });
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).flushHeaders();
  subscribers.add(subscriber);
}

const maxBacklog = 1024 * 1024;
