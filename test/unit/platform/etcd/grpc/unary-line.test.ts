import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { framed } from '#platform/etcd/grpc/grpc-messages.ts';
import { unaryLine, type UnaryLine } from '#platform/etcd/grpc/unary-line.ts';
import { grpcServer, trailersOnly } from './grpc-server.ts';

const server = grpcServer();

function line(port = server.port): UnaryLine {
  const opened = unaryLine('127.0.0.1', port);
  onTestFinished(() => opened.close());
  return opened;
}

const ask = (of: UnaryLine, message = Buffer.alloc(0), timeoutMs = 60_000) => of.ask('/a.B/C', message, timeoutMs);
const said = (stream: ServerHttp2Stream, message: Buffer) => {
  stream.respond({ ':status': 200 }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed(message));
};
/** Answers with what it was asked. */
const echo = (stream: ServerHttp2Stream) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => said(stream, Buffer.concat(chunks).subarray(5)));
};

test('every character of a refusal is read as it was written, compressed or not', async () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((char) => char !== '%');
  const texts = [
    ...printable.map((char) => `${'a'.repeat(60)}${char.repeat(3)}.`),
    `${'a'.repeat(90)}${printable.join('')}`,
    '{}{}<>',
    'x'.repeat(3000),
  ];
  const of = line();
  for (const text of texts) {
    server.answer = (stream) => stream.respond(trailersOnly(`<${text}>`), { endStream: true });
    await expect(ask(of)).rejects.toMatchObject({ status: 13, message: `<${text}>` });
  }
  server.answer = (stream) => stream.respond(trailersOnly('%C3%BC %E2%82%AC 5%25'), { endStream: true });
  await expect(ask(of)).rejects.toMatchObject({ message: 'ü € 5%' });
});

test('the server reads what is asked; answers belong to their questions, in whatever order they come', async () => {
  const late: (() => void)[] = [];
  let headers: Readonly<Record<string, unknown>> = {};
  server.answer = (stream, head) => {
    headers = head;
    late.unshift(() => echo(stream));
    if (late.length === 20) for (const one of late) one();
  };
  const of = line();
  const all = Array.from({ length: 20 }, (_, i) => ask(of, Buffer.from(`question ${i}`)));
  expect((await Promise.all(all)).map(String)).toEqual(all.map((_, i) => `question ${i}`));
  expect(headers).toMatchObject({
    ':path': '/a.B/C',
    ':method': 'POST',
    ':authority': `127.0.0.1:${server.port}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '60000m',
  });
});

test('answers of many megabytes come whole: there is always room again', async () => {
  const message = Buffer.alloc(5_000_000, 'abc');
  server.answer = (stream) => said(stream, message);
  const of = line();
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all([ask(of), ask(of), ask(of)]);
    for (const answer of answers) expect(answer.equals(message)).toBe(true);
  }
});

test('so many questions as the server could never take at once: it is only asked while it has room', async () => {
  server.answer = echo;
  const of = line();
  const message = Buffer.alloc(1000, 'x');
  let asked = 0;
  for (let i = 0; i < 300; i++) {
    if (!of.takes(message)) await expect.poll(() => of.takes(message), { timeout: 60_000 }).toBe(true);
    void ask(of, message).then(() => asked++);
  }
  await expect.poll(() => asked, { timeout: 60_000 }).toBe(300);
  expect(of.takes(Buffer.alloc(10_000))).toBe(false);
});

test('what comes byte by byte is read all the same', async () => {
  server.answer = (stream) => said(stream, Buffer.from('an answer'));
  const proxy = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1').on('error', () => client.destroy());
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      for (const byte of chunk) client.write(Buffer.from([byte]));
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await once(proxy, 'listening');
  const of = line((proxy.address() as AddressInfo).port);
  expect(String(await ask(of))).toBe('an answer');
  server.answer = (stream) => stream.respond(trailersOnly('no'), { endStream: true });
  await expect(ask(of)).rejects.toMatchObject({ status: 13, message: 'no' });
});

test('one that is not answered in time fails alone, and the server is told', async () => {
  let isCut = false;
  server.answer = (stream) => void stream.on('close', () => (isCut = true));
  const of = line();
  const late = ask(of, Buffer.from('late'), 20);
  await expect(late).rejects.toMatchObject({ status: 4, message: 'no answer within 20 ms' });
  await expect.poll(() => isCut, { timeout: 30_000 }).toBe(true);
  server.answer = echo;
  expect(String(await ask(of, Buffer.from('next')))).toBe('next');
});

test('a stream that the server cuts, and a connection that it cuts, fail all that is asked', async () => {
  server.answer = (stream) => stream.close(8);
  await expect(ask(line())).rejects.toMatchObject({ status: 14, message: 'RST_STREAM 8' });
  server.answer = (stream) => void setImmediate(() => stream.session?.destroy());
  const of = line();
  const ended = await Promise.allSettled([ask(of), ask(of)]);
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(of.isOpen).toBe(false);
});

test('a server that goes away answers what it was asked, and is asked no more', async () => {
  const of = line();
  let began: (stream: ServerHttp2Stream) => void = () => undefined;
  const stream = new Promise<ServerHttp2Stream>((resolve) => (began = resolve));
  server.answer = (one) => began(one);
  const waiting = ask(of);
  const one = await stream;
  one.session?.goaway(0, 1);
  await expect.poll(() => of.isOpen, { timeout: 30_000 }).toBe(false);
  one.respond(trailersOnly('late'), { endStream: true });
  await expect(waiting).rejects.toMatchObject({ message: 'late' });
});

test.each([
  ['bytes that are no HTTP/2', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a frame that is longer than any may be', '\xff\xff\xff\x00\x00\x00\x00\x00\x01'],
  ['headers that are none', '\x00\x00\x03\x01\x05\x00\x00\x00\x01\x7f\xff\xff'],
  ['a frame with nothing in it where a number should be', '\x00\x00\x00\x07\x00\x00\x00\x00\x00'],
])('%s end the connection', async (_, bytes) => {
  const plain = createServer((socket) =>
    socket.on('error', () => undefined).on('data', () => socket.write(bytes, 'latin1')),
  );
  onTestFinished(() => void plain.close());
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const of = line((plain.address() as AddressInfo).port);
  await expect(ask(of)).rejects.toMatchObject({ status: 14, message: expect.stringMatching(/\w/) as string });
  expect(of.isOpen).toBe(false);
});

test('nobody listens: it says so', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await expect(ask(line(port))).rejects.toMatchObject({
    status: 14,
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
});
