import { connect, constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { framed, GrpcFailure, messageReader, percentDecoded, statuses } from './grpc-messages.ts';

/** One connection that is asked on, many at a time ("gRPC over HTTP2"). */
export interface GrpcSession {
  /**
   * One message to the server, and what it says until the stream ends. Each stream ends exactly once.
   * @param path `/package.Service/Method`
   * @param headers beside those that every question of gRPC has
   */
  open(path: string, headers: Headers, message: Buffer, on: StreamHandlers, isLast: boolean): GrpcStream;
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

type Headers = Readonly<Record<string, string>>;

/** What the other side may send before it is told that there is room again: answers of etcd are up to megabytes. */
const windowBytes = 16 * 1024 * 1024;
/** Of what waits to be sent or read, in units of 10^6 bytes; Node's own 10 is less than what is asked at once. */
const maxSessionMemory = 256;
/** For a server whose machine was cut off says no goodbye; as for the gateway. */
const keepAliveAfterMs = 2000;

/** Connects at once; what is asked before the connection stands is sent when it does. */
export function grpcSession(host: string, port: number): GrpcSession {
  const authority = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const settings = { enablePush: false, initialWindowSize: windowBytes };
  const session = connect(authority, { settings, maxSessionMemory });
  let reason = 'the connection was closed';
  session.on('error', (error: Error) => (reason = error.message));
  session.on('connect', (_, socket) => {
    session.setLocalWindowSize(windowBytes);
    socket.setKeepAlive(true, keepAliveAfterMs);
  });
  return {
    get isOpen() {
      return !session.closed && !session.destroyed;
    },
    open(path, headers, message, on, isLast) {
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      const handled = follow(stream, on, () => (session.destroyed ? reason : undefined));
      if (isLast) stream.end(framed(message));
      else stream.write(framed(message));
      return handled;
    },
    close: () => session.destroy(),
  };
}

/** @param whyGone why the connection has gone, if it has */
function follow(stream: ClientHttp2Stream, on: StreamHandlers, whyGone: () => string | undefined): GrpcStream {
  let isCancelled = false;
  let failure: GrpcFailure | undefined;
  let isTold = false;
  const heed = (headers: IncomingHttpHeaders): void => {
    if (headers['grpc-status'] === undefined) return;
    isTold = true;
    failure = failureIn(headers);
  };
  const take = messageReader((message) => {
    if (!isCancelled) on.onMessage(message);
  });
  // Of trailers alone HTTP/2 makes the headers of an answer without a body.
  stream.on('response', heed);
  stream.on('trailers', heed);
  stream.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      stream.destroy(error);
    }
  });
  let error: Error | undefined;
  stream.on('error', (why: Error) => (error = why));
  stream.on('close', () => {
    if (isCancelled) return;
    if (isTold) return on.onEnd(failure);
    on.onEnd(new GrpcFailure(statuses.unavailable, whyCut(stream.rstCode, error, whyGone())));
  });
  return {
    cancel() {
      isCancelled = true;
      stream.close(constants.NGHTTP2_CANCEL);
    },
  };
}

function whyCut(rstCode: number | undefined, error: Error | undefined, whyGone: string | undefined): string {
  if (error instanceof RangeError) return error.message;
  // A connection that never stood ends its streams before it says why.
  if (error?.cause instanceof Error) return error.cause.message;
  return whyGone ?? `RST_STREAM ${rstCode}`;
}

function failureIn(headers: IncomingHttpHeaders): GrpcFailure | undefined {
  const status = Number(headers['grpc-status']);
  const said = headers['grpc-message'];
  return status === 0 ? undefined : new GrpcFailure(status, percentDecoded(typeof said === 'string' ? said : ''));
}
