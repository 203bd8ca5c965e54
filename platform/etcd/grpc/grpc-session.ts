import { connect, type Socket } from 'node:net';
import { blockReader } from './block-reader.ts';
import { contentOf, flags, frame, frameReader, frameTypes, usualFrameBytes, type Frame } from './frames.ts';
import { framed, GrpcFailure, messageReader, percentDecoded, statuses } from './grpc-messages.ts';
import { firstWindow, greeting, initialWindowIn, largestWindow, uint32 } from './greeting.ts';
import { headerBlock } from './header-block.ts';
import { sendWindow } from './send-window.ts';

/** One connection that is asked on, many at a time ("gRPC over HTTP2"; RFC 9113). */
export interface GrpcSession {
  /**
   * One message to the server, and what it says until the stream ends. Each stream ends exactly once.
   * @param path `/package.Service/Method`
   * @param headers beside those that every question of gRPC has
   */
  open(path: string, headers: readonly Header[], message: Buffer, on: StreamHandlers, isLast: boolean): GrpcStream;
  /** False: it takes no more, and the next question needs another. */
  readonly isOpen: boolean;
  close(): void;
}

export interface StreamHandlers {
  onMessage(message: Buffer): void;
  /** @param failure undefined: the server said that all is well */
  onEnd(failure: GrpcFailure | undefined): void;
}

export interface GrpcStream {
  /** Nobody wants to hear more; `onEnd` is not called. */
  cancel(): void;
}

type Header = readonly [name: string, value: string];

/** Streams of one connection have odd numbers below 2^31; long before that it is replaced. */
const lastStream = 2 ** 30;
/** An error code of RFC 9113, 7. */
const cancelled = 8;
/** For a server whose machine was cut off says no goodbye; as for the gateway. */
const keepAliveAfterMs = 2000;

/** Connects at once; what is asked before the connection stands is sent when it does. */
export function grpcSession(host: string, port: number): GrpcSession {
  const streams = new Map<number, { take(chunk: Buffer): void; onEnd: StreamHandlers['onEnd'] }>();
  const readBlock = blockReader();
  let last = -1;
  let isOpen = true;
  /** Bytes of answers since the server was last told that there is room again. */
  let taken = 0;
  const send = inOneWrite((bytes) => void socket.write(bytes));
  const outgoing = sendWindow(firstWindow, usualFrameBytes);

  const leave = (stream: number) => {
    const one = streams.get(stream);
    streams.delete(stream);
    outgoing.forget(stream);
    return one;
  };
  const close = (why: string) => {
    isOpen = false;
    for (const stream of [...streams.keys()]) leave(stream)?.onEnd(new GrpcFailure(statuses.unavailable, why));
    socket.destroy();
  };
  const takeHeaders = (one: Frame) => {
    const headers = readBlock(one);
    if (headers?.isEnd === true) leave(headers.stream)?.onEnd(failureIn(headers.values));
  };
  const takeSettings = ({ flags: flag, payload }: Frame) => {
    if ((flag & flags.ack) !== 0) return;
    outgoing.startAt(initialWindowIn(payload));
    send(frame(frameTypes.settings, flags.ack, 0, Buffer.alloc(0)));
  };
  const takeData = (one: Frame) => {
    taken += one.payload.length;
    streams.get(one.stream)?.take(contentOf(one));
    if (taken < largestWindow / 2) return;
    send(frame(frameTypes.windowUpdate, 0, 0, uint32(taken)));
    taken = 0;
  };
  const take = (one: Frame) => {
    const { type, stream, payload } = one;
    if (type === frameTypes.data) takeData(one);
    else if (type === frameTypes.headers || type === frameTypes.continuation) takeHeaders(one);
    else if (type === frameTypes.settings) takeSettings(one);
    else if (type === frameTypes.windowUpdate) outgoing.widen(stream, payload.readUInt32BE(0));
    else if (type === frameTypes.ping && (one.flags & flags.ack) === 0) send(frame(type, flags.ack, 0, payload));
    else if (type === frameTypes.goAway) isOpen = false;
    else if (type === frameTypes.reset)
      leave(stream)?.onEnd(new GrpcFailure(statuses.unavailable, `RST_STREAM ${payload.readUInt32BE(0)}`));
    if (!isOpen && streams.size === 0) close('the server is going away');
  };

  const socket = socketTo(host, port, frameReader(take), close);
  send(greeting);

  return {
    get isOpen() {
      return isOpen && last < lastStream;
    },
    open(path, headers, message, on, isLast) {
      const stream = (last += 2);
      streams.set(stream, { take: messageReader((one) => on.onMessage(one)), onEnd: (failure) => on.onEnd(failure) });
      send(frame(frameTypes.headers, flags.endHeaders, stream, headersOf(`${host}:${port}`, path, headers)));
      outgoing.push(stream, framed(message), (bytes, isEnd) =>
        send(frame(frameTypes.data, isEnd && isLast ? flags.endStream : 0, stream, bytes)),
      );
      return {
        cancel() {
          if (leave(stream)) send(frame(frameTypes.reset, 0, stream, uint32(cancelled)));
        },
      };
    },
    close: () => close('the connection was closed'),
  };
}

/** @param close is told why the connection has gone, or is of no use: `take` threw a RangeError */
function socketTo(host: string, port: number, take: (chunk: Buffer) => void, close: (why: string) => void): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs });
  let reason = 'the connection was closed';
  socket.on('data', (chunk) => {
    try {
      take(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      close(error.message);
    }
  });
  socket.on('error', ({ message }) => (reason = message));
  return socket.on('close', () => close(reason));
}

function headersOf(authority: string, path: string, more: readonly Header[]): Buffer {
  const all: Header[] = [
    [':path', path],
    [':authority', authority],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ];
  return headerBlock([...all, ...more]);
}

function failureIn(headers: ReadonlyMap<string, string>): GrpcFailure | undefined {
  const status = Number(headers.get('grpc-status') ?? statuses.unknown);
  return status === 0 ? undefined : new GrpcFailure(status, percentDecoded(headers.get('grpc-message') ?? ''));
}

/** What is said in one turn of the event loop goes out together. */
function inOneWrite(write: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let waiting: Buffer[] = [];
  return (bytes) => {
    waiting.push(bytes);
    if (waiting.length > 1) return;
    setImmediate(() => {
      const all = waiting;
      waiting = [];
      write(all.length === 1 ? bytes : Buffer.concat(all));
    });
  };
}
