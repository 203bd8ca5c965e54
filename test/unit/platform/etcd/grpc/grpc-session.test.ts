import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { GrpcFailure } from '#platform/etcd/grpc/grpc-messages.ts';
import { framed } from '#platform/etcd/grpc/grpc-messages.ts';
import { grpcSession, type GrpcSession } from '#platform/etcd/grpc/grpc-session.ts';
import { grpcServer, trailersOnly } from './grpc-server.ts';

const server = grpcServer();

function session(): GrpcSession {
  const opened = grpcSession('127.0.0.1', server.port);
  onTestFinished(() => opened.close());
  return opened;
}

/** All messages of a stream, and why it ended. */
function asked(of: GrpcSession, message = Buffer.alloc(0)) {
  return new Promise<{ messages: Buffer[]; failure: GrpcFailure | undefined }>((resolve) => {
    const messages: Buffer[] = [];
    const on = {
      onMessage: (bytes: Buffer) => messages.push(Buffer.from(bytes)),
      onEnd: (failure: GrpcFailure | undefined) => resolve({ messages, failure }),
    };
    of.open('/a.B/C', { 'grpc-timeout': '5000m' }, message, on, true);
  });
}

test('every character of gRPC is read as it was written, compressed or not', async () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((char) => char !== '%');
  // Long runs of a short code are compressed together with a long one, too.
  const texts = [
    ...printable.map((char) => `${'a'.repeat(60)}${char.repeat(3)}.`),
    `${'a'.repeat(90)}${printable.join('')}`,
    '{}{}<>',
  ];
  for (const text of texts) {
    server.answer = (stream) => stream.respond(trailersOnly(`<${text}>`), { endStream: true });
    const { failure } = await asked(session());
    expect([failure?.status, failure?.message]).toEqual([13, `<${text}>`]);
  }
});

test('what is not ASCII is escaped', async () => {
  server.answer = (stream) => stream.respond(trailersOnly('%C3%BC %E2%82%AC 5%25'), { endStream: true });
  expect((await asked(session())).failure?.message).toBe('ü € 5%');
});

test('the server reads what is asked, and a long message comes whole', async () => {
  const message = Buffer.alloc(3_000_000, 'abc');
  let [bytes, headers]: [Buffer, object] = [Buffer.alloc(0), {}];
  server.answer = (stream, head) => {
    headers = head;
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      bytes = Buffer.concat(chunks);
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([framed(Buffer.from('one')), framed(message), framed(Buffer.alloc(0))]));
    });
  };
  const of = session();
  const [one, two] = await Promise.all([asked(of, message), asked(of, Buffer.from('small'))]);
  for (const { failure, messages } of [one, two]) {
    expect(failure).toBeUndefined();
    expect(messages.map(({ length }) => length)).toEqual([3, message.length, 0]);
    expect(messages[1]?.equals(message)).toBe(true);
  }
  expect(headers).toMatchObject({
    ':path': '/a.B/C',
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '5000m',
  });
  expect([framed(message), framed(Buffer.from('small'))].some((sent) => sent.equals(bytes))).toBe(true);
});

test('a stream that the server cuts, and a connection that it cuts, fail all that is asked', async () => {
  server.answer = (stream) => stream.close(8);
  expect((await asked(session())).failure).toMatchObject({ status: 14, message: 'RST_STREAM 8' });
  // A little later: Node 22 itself breaks down when a session ends inside of what it tells of it.
  server.answer = (stream) => void setImmediate(() => stream.session?.destroy());
  const of = session();
  const ended = await Promise.all([asked(of), asked(of)]);
  expect(ended.map(({ failure }) => failure?.status)).toEqual([14, 14]);
  expect(of.isOpen).toBe(false);
});

test('a server that goes away answers what it was asked, and is asked no more', async () => {
  const of = session();
  let began: (stream: ServerHttp2Stream) => void = () => undefined;
  const stream = new Promise<ServerHttp2Stream>((resolve) => (began = resolve));
  server.answer = (one) => began(one);
  const waiting = asked(of);
  const one = await stream;
  one.session?.goaway();
  await expect.poll(() => of.isOpen).toBe(false);
  one.respond(trailersOnly('late'), { endStream: true });
  expect((await waiting).failure?.message).toBe('late');
});

test('bytes that are no HTTP/2 end the connection', async () => {
  const { createServer: listen } = await import('node:net');
  const plain = listen((socket) => socket.on('error', () => undefined).write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  onTestFinished(() => void plain.close());
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const of = grpcSession('127.0.0.1', (plain.address() as AddressInfo).port);
  const { failure } = await asked(of);
  expect(failure).toMatchObject({ status: 14, message: expect.stringMatching(/\w/) as string });
  expect(of.isOpen).toBe(false);
});
