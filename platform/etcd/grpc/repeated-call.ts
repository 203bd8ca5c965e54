import { connect, type Socket } from 'node:net';
import { framed, GrpcFailure, messageReader, statuses } from './grpc-messages.ts';

/** One question that is asked again and again. */
export interface RepeatedCall {
  /** @throws GrpcFailure; of a refusal it does not say what the server said: who wants to know asks by a `GrpcSession` */
  ask(): Promise<Buffer>;
  close(): void;
}

/**
 * A unary call that is always the same, on a connection of its own: each question is the same bytes but for the number of its stream, and of the
 * answer's headers nothing is read, for there is a message exactly when all is well. That is the little of HTTP/2 (RFC 9113) that is here,
 * and costs a fifth of a stream of `node:http2`. Connects with the first question, and anew when the connection has gone.
 */
export function repeatedCall(to: {
  host: string;
  port: number;
  /** `/package.Service/Method` */
  path: string;
  message: Buffer;
  timeoutMs: number;
}): RepeatedCall {
  const question = questionOf(to);
  let line: Line | undefined;
  let isClosed = false;
  return {
    ask() {
      if (isClosed) return Promise.reject(unavailable('closed'));
      if (line?.isOpen !== true) line = openLine(to.host, to.port);
      return asked(line, question, to.timeoutMs);
    },
    close() {
      isClosed = true;
      line?.close();
    },
  };
}

function asked(line: Line, question: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      line.forget(stream);
      reject(new GrpcFailure(statuses.deadlineExceeded, `no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const stream = line.send(question, (answer) => {
      clearTimeout(timer);
      if (answer instanceof GrpcFailure) reject(answer);
      else resolve(answer);
    });
  });
}

function unavailable(why: string): GrpcFailure {
  return new GrpcFailure(statuses.unavailable, why);
}

const frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;
const headBytes = 9;
/** SETTINGS_MAX_FRAME_SIZE, as long as nobody says another. */
const longestFrame = 16_384;
/** What each side may send before it is told that there is room again. */
const windowBytes = 65_535;
/** The number of a stream has 31 bits; long before they are used up there is another connection. */
const lastStream = 2 ** 30;
/** A server whose machine was cut off says no goodbye. */
const keepAliveAfterMs = 2000;

function frameOf(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A frame of headers and one of data, of stream 0 as yet. */
function questionOf({ host, port, path, message, timeoutMs }: Parameters<typeof repeatedCall>[0]): Buffer {
  const headers = Buffer.concat([
    // RFC 7541: by their numbers in the static table, or literally; nothing is kept for later.
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    Buffer.from([0x04]), text(path), // :path
    Buffer.from([0x01]), text(`${host.includes(':') ? `[${host}]` : host}:${port}`), // :authority
    Buffer.from([0x0f, 0x10]), text('application/grpc'), // content-type
    Buffer.from([0x00]), text('te'), text('trailers'),
    Buffer.from([0x00]), text('grpc-timeout'), text(`${Math.max(1, Math.ceil(timeoutMs))}m`),
  ]); // prettier-ignore
  return Buffer.concat([
    frameOf(frame.headers, flag.endHeaders, 0, headers),
    frameOf(frame.data, flag.endStream, 0, framed(message)),
  ]);
}

/** A string of less than 127 bytes, as it is (RFC 7541, 5.2). */
function text(plain: string): Buffer {
  const bytes = Buffer.from(plain, 'latin1');
  if (bytes.length >= 127) throw new RangeError(`a header is too long: ${plain}`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

interface Line {
  readonly isOpen: boolean;
  /** @returns the number of its stream */
  send(question: Buffer, then: (answer: Buffer | GrpcFailure) => void): number;
  forget(stream: number): void;
  close(): void;
}

interface Open {
  readonly then: (answer: Buffer | GrpcFailure) => void;
  readonly read: (chunk: Buffer) => void;
  answer: Buffer | undefined;
}

function openLine(host: string, port: number): Line {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs });
  const streams = new Map<number, Open>();
  let last = -1;
  let isOpen = true;
  let maySend = windowBytes;
  const end = (why: string) => {
    isOpen = false;
    socket.destroy();
    const all = [...streams.values()];
    streams.clear();
    for (const { then } of all) then(unavailable(why));
  };
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frameOf(frame.settings, 0, 0, Buffer.alloc(0))]),
  );
  socket.on('error', ({ message }) => end(message)).on('close', () => end('the connection was closed'));
  socket.on('data', frameReader(socket, { end, room: (bytes) => void (maySend += bytes), streams }));
  return {
    get isOpen() {
      return isOpen && last < lastStream && maySend >= longestFrame;
    },
    send(question, then) {
      last += 2;
      const one: Open = { then, answer: undefined, read: messageReader((answer) => void (one.answer = answer)) };
      streams.set(last, one);
      const bytes = Buffer.from(question);
      const second = headBytes + bytes.readUIntBE(0, 3);
      bytes.writeUInt32BE(last, 5);
      bytes.writeUInt32BE(last, second + 5);
      maySend -= bytes.length - second - headBytes;
      socket.write(bytes);
      return last;
    },
    forget: (stream) => void streams.delete(stream),
    close: () => end('closed'),
  };
}

interface Reading {
  readonly streams: Map<number, Open>;
  room(bytes: number): void;
  end(why: string): void;
}

function frameReader(socket: Socket, on: Reading): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let unconfirmed = 0;
  const take = (type: number, flags: number, stream: number, payload: Buffer) => {
    const one = on.streams.get(stream);
    if (type === frame.data) {
      unconfirmed += payload.length;
      if ((flags & flag.padded) !== 0) return on.end('a padded frame');
      one?.read(payload);
    }
    const isLast = (type === frame.data || type === frame.headers) && (flags & flag.endStream) !== 0;
    if (one !== undefined && (isLast || type === frame.reset)) {
      on.streams.delete(stream);
      one.then(one.answer ?? unavailable('no answer'));
    }
    if (type === frame.settings && (flags & flag.ack) === 0)
      socket.write(frameOf(frame.settings, flag.ack, 0, Buffer.alloc(0)));
    if (type === frame.ping && (flags & flag.ack) === 0) socket.write(frameOf(frame.ping, flag.ack, 0, payload));
    if (type === frame.windowUpdate && stream === 0 && payload.length === 4) on.room(payload.readUInt32BE(0));
    if (type === frame.goAway) on.end('the server goes');
  };
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUIntBE(at, 3);
      if (length > longestFrame) return on.end('a frame is too long');
      if (bytes.length - at < headBytes + length) break;
      const payload = bytes.subarray(at + headBytes, at + headBytes + length);
      take(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, bytes.readUInt32BE(at + 5), payload);
      at += headBytes + length;
    }
    rest = bytes.subarray(at);
    if (unconfirmed < windowBytes / 4) return;
    const confirmed = Buffer.alloc(4);
    confirmed.writeUInt32BE(unconfirmed);
    unconfirmed = 0;
    socket.write(frameOf(frame.windowUpdate, 0, 0, confirmed));
  };
}
