import { connect, type Socket } from 'node:net';
import { framed, GrpcFailure, messageReader, percentDecoded, statuses } from './grpc-messages.ts';
import { headerBlock, headerField, literalHeaders } from './header-block.ts';

/** A connection for short questions that have one answer each, many at a time. */
export interface UnaryLine {
  /** False: it takes no more, and the next question needs another. */
  readonly isOpen: boolean;
  /** Whether it has room for a question that long. */
  takes(message: Buffer): boolean;
  /** @param path `/package.Service/Method` @throws GrpcFailure */
  ask(path: string, message: Buffer, timeoutMs: number): Promise<Buffer>;
  close(): void;
}

/** Bytes of the longest question: it goes in one frame, and never waits for room. */
const longestQuestion = 8192;
/** What etcd may send before it is told that there is room again: answers are up to megabytes. */
const windowBytes = 16 * 1024 * 1024;
/** What each side may send as long as nobody says otherwise (RFC 9113, 6.9.2). */
const usualWindow = 65_535;
/** The same for a frame (SETTINGS_MAX_FRAME_SIZE). */
const longestFrame = 16_384;
/** The number of a stream has 31 bits. */
const lastStream = 2 ** 30;
/** A server whose machine was cut off says no goodbye. */
const keepAliveAfterMs = 2000;

const frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;
const headBytes = 9;
const setting = { tableSize: 1, enablePush: 2, initialWindow: 4 } as const;

/**
 * The part of HTTP/2 (RFC 9113) that such a question of gRPC needs, on a bare socket: a stream of `node:http2` takes five times the CPU. Whatever is
 * longer, or a stream of messages, goes by `grpcSession`. Connects at once; what is asked before the connection stands is sent when it does.
 */
export function unaryLine(host: string, port: number): UnaryLine {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs });
  const blocks = new Map<string, Buffer>();
  const streams = new Map<number, Open>();
  let last = -1;
  let reason: string | undefined;
  let isLeaving = false;
  let maySend = usualWindow;
  let unsent: Buffer[] = [];

  const end = (why: string) => {
    reason ??= why;
    socket.destroy();
    const all = [...streams.values()];
    streams.clear();
    for (const { onEnd } of all) onEnd(new GrpcFailure(statuses.unavailable, reason));
  };
  /** The server answers what it has been asked up to that stream. */
  const leave = (lastTaken: number) => {
    isLeaving = true;
    for (const [stream, { onEnd }] of streams) {
      if (stream <= lastTaken) continue;
      streams.delete(stream);
      onEnd(new GrpcFailure(statuses.unavailable, 'the server takes no more questions'));
    }
    if (streams.size === 0) end('the server has gone');
  };
  const flush = () => {
    const bytes = unsent.length === 1 ? unsent[0] : Buffer.concat(unsent);
    unsent = [];
    if (bytes !== undefined && reason === undefined) socket.write(bytes);
  };
  /** What comes in one turn goes together: a write costs more than what is written. */
  const send = (bytes: Buffer) => {
    if (unsent.push(bytes) === 1) setImmediate(flush);
  };
  const blockOf = (path: string) => {
    const known = blocks.get(path) ?? headerBlock(path, authority);
    blocks.set(path, known);
    return known;
  };

  socket.write(preface());
  socket.on('error', ({ message }) => end(message)).on('close', () => end('the connection was closed'));
  socket.on('data', frameReader(socket, { end, leave, streams, room: (bytes) => void (maySend += bytes) }));
  return {
    get isOpen() {
      return reason === undefined && !isLeaving && last < lastStream;
    },
    takes: ({ length }) => length <= Math.min(longestQuestion, maySend / 2),
    ask: (path, message, timeoutMs) =>
      new Promise((resolve, reject) => {
        last += 2;
        const stream = last;
        const timer = setTimeout(() => {
          streams.delete(stream);
          send(frameOf(frame.reset, 0, stream, Buffer.from([0, 0, 0, 8]))); // CANCEL
          reject(new GrpcFailure(statuses.deadlineExceeded, `no answer within ${timeoutMs} ms`));
        }, timeoutMs);
        streams.set(stream, openStream((answer) => {
          clearTimeout(timer);
          if (answer instanceof GrpcFailure) reject(answer);
          else resolve(answer);
        })); // prettier-ignore
        const body = framed(message);
        maySend -= body.length;
        send(questionBytes(stream, blockOf(path), timeoutMs, body));
      }),
    close: () => end('closed'),
  };
}

function questionBytes(stream: number, block: Buffer, timeoutMs: number, body: Buffer): Buffer {
  const deadline = headerField('grpc-timeout', `${Math.max(1, Math.ceil(timeoutMs))}m`);
  return Buffer.concat([
    headOf(frame.headers, flag.endHeaders, stream, block.length + deadline.length),
    block,
    deadline,
    headOf(frame.data, flag.endStream, stream, body.length),
    body,
  ]);
}

function headOf(type: number, flags: number, stream: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head;
}

function frameOf(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  return Buffer.concat([headOf(type, flags, stream, payload.length), payload]);
}

function roomFor(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frameOf(frame.windowUpdate, 0, stream, payload);
}

/** No table of headers, no push, and room for large answers. */
function preface(): Buffer {
  const settings = Buffer.alloc(18);
  for (const [i, [name, value]] of [
    [setting.tableSize, 0],
    [setting.enablePush, 0],
    [setting.initialWindow, windowBytes],
  ].entries()) {
    settings.writeUInt16BE(name ?? 0, 6 * i);
    settings.writeUInt32BE(value ?? 0, 6 * i + 2);
  }
  const hello = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  return Buffer.concat([hello, frameOf(frame.settings, 0, 0, settings), roomFor(0, windowBytes - usualWindow)]);
}

interface Open {
  readonly onEnd: (answer: Buffer | GrpcFailure) => void;
  readonly read: (chunk: Buffer) => void;
  answer: Buffer | undefined;
  /** Bytes that came since the server was told that there is room. */
  unconfirmed: number;
}

function openStream(onEnd: Open['onEnd']): Open {
  const open: Open = {
    onEnd,
    read: messageReader((message) => void (open.answer = message)),
    answer: undefined,
    unconfirmed: 0,
  };
  return open;
}

interface Reading {
  readonly streams: Map<number, Open>;
  room(bytes: number): void;
  leave(lastTaken: number): void;
  end(why: string): void;
}

function frameReader(socket: Socket, on: Reading): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  const whole = { unconfirmed: 0 };
  const confirm = (of: { unconfirmed: number }, stream: number, bytes: number) => {
    of.unconfirmed += bytes;
    if (of.unconfirmed < windowBytes / 4) return;
    socket.write(roomFor(stream, of.unconfirmed));
    of.unconfirmed = 0;
  };
  const take = (type: number, flags: number, stream: number, payload: Buffer) => {
    const one = on.streams.get(stream);
    if (type === frame.data) {
      confirm(whole, 0, payload.length);
      if ((flags & flag.padded) !== 0) throw new RangeError('a padded frame');
      one?.read(payload);
      if (one !== undefined) confirm(one, stream, payload.length);
    }
    if (type === frame.headers && (flags & flag.endHeaders) === 0) throw new RangeError('headers in several frames');
    const isLast = (type === frame.data || type === frame.headers) && (flags & flag.endStream) !== 0;
    if (one !== undefined && (isLast || type === frame.reset)) {
      // A server of gRPC has no message for a question that it refuses.
      const answer = one.answer ?? (type === frame.headers ? failureIn(payload, flags) : cut(payload));
      on.streams.delete(stream);
      one.onEnd(answer);
    }
    if (type === frame.settings && (flags & flag.ack) === 0)
      socket.write(frameOf(frame.settings, flag.ack, 0, Buffer.alloc(0)));
    if (type === frame.ping && (flags & flag.ack) === 0) socket.write(frameOf(frame.ping, flag.ack, 0, payload));
    if (type === frame.windowUpdate && stream === 0) on.room(payload.readUInt32BE(0));
    if (type === frame.goAway) on.leave(payload.readUInt32BE(0));
  };
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    try {
      while (bytes.length - at >= headBytes) {
        const length = bytes.readUIntBE(at, 3);
        if (length > longestFrame) throw new RangeError('a frame is too long');
        if (bytes.length - at < headBytes + length) break;
        const payload = bytes.subarray(at + headBytes, at + headBytes + length);
        take(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, bytes.readUInt32BE(at + 5), payload);
        at += headBytes + length;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return on.end(error.message);
    }
    rest = bytes.subarray(at);
  };
}

function cut(payload: Buffer): GrpcFailure {
  const code = payload.length === 4 ? payload.readUInt32BE(0) : 0;
  return new GrpcFailure(statuses.unavailable, `RST_STREAM ${code}`);
}

function failureIn(payload: Buffer, flags: number): GrpcFailure {
  if ((flags & flag.padded) !== 0) throw new RangeError('a padded frame');
  const headers = literalHeaders(payload);
  const status = Number(headers.get('grpc-status') ?? statuses.unknown);
  if (status === 0) return new GrpcFailure(statuses.unknown, 'no answer');
  return new GrpcFailure(status, percentDecoded(headers.get('grpc-message') ?? ''));
}
