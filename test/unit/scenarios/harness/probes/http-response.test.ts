import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { HttpLines } from '#scenarios/harness/probes/http-ask.ts';
import { type HttpResponse, readResponse } from '#scenarios/harness/probes/http-response.ts';

const answers: Record<string, [string, HttpResponse]> = {
  'a length': [
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nContent-Length: 5\r\n\r\nhello',
    { status: 200, cookies: ['a=1; Path=/', 'b=2'], body: 'hello', keep: true },
  ],
  chunks: [
    'HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\nA\r\n, world\r\n!\r\n0\r\n\r\n',
    { status: 503, cookies: [], body: 'hello, world\r\n!', keep: false },
  ],
  'no body': ['HTTP/1.1 304 Not Modified\r\n\r\n', { status: 304, cookies: [], body: '', keep: true }],
};

it.each(Object.entries(answers))(
  'an answer with %s is read when its last byte is there, not before',
  (_name, [text, wanted]) => {
    for (let length = 0; length < text.length; length += 1) expect(readResponse(text.slice(0, length))).toBeUndefined();
    expect(readResponse(text)).toEqual(wanted);
  },
);

it('what is no HTTP, or has no end that can be known, is an error', () => {
  expect(() => readResponse('SSH-2.0-OpenSSH\r\n\r\n')).toThrow('no HTTP answer');
  expect(() => readResponse('HTTP/1.1 200 OK\r\n\r\n')).toThrow('without a length');
  expect(() => readResponse('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')).toThrow('broken chunk');
});

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanups.splice(0)) task();
});

it('keeps its connection from question to question, and dials anew when the server has closed it', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/last') response.setHeader('connection', 'close');
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lines = new HttpLines();
  cleanups.push(
    () => lines.destroy(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const ask = (path: string, body?: string) =>
    new Promise<string>((resolve) => {
      const method = body === undefined ? 'GET' : 'POST';
      lines.ask({ host: '127.0.0.1', port, method, path, ...(body !== undefined && { body }) }, (answer, error) =>
        resolve(answer?.body ?? error),
      );
    });
  expect(await ask('/')).toBe('GET / ');
  expect(await ask('/kv', '{"a":1}')).toBe('POST /kv {"a":1}');
  expect(connections).toBe(1);
  await ask('/last');
  expect(await ask('/again')).toBe('GET /again ');
  expect(connections).toBe(2);
});
