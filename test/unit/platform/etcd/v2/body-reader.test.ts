import { once } from 'node:events';
import { createServer, request, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bodyReader } from '#platform/etcd/v2/body-reader.ts';

/** A server that answers with what became of the body. */
async function reading(longest: number, together: number) {
  const read = bodyReader(longest, together);
  const seen: string[] = [];
  const server = createServer((req, res) => {
    read(req).then(
      (body) => res.end(typeof body === 'string' ? body : `${body.length} bytes`),
      () => seen.push('gone'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

function post(port: number): { req: ClientRequest; answer: Promise<string> } {
  const req = request({ port, host: '127.0.0.1', method: 'POST' });
  const answer = new Promise<string>((resolve) => {
    req.on('error', () => resolve('broken'));
    req.on('response', (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      res.on('end', () => resolve(text));
    });
  });
  return { req, answer };
}

test('one that is longer than may be is read to its end and refused', async () => {
  const { port } = await reading(1000, 10_000);
  for (const [length, told] of [
    [1000, '1000 bytes'],
    [1001, 'too long'],
    [2_000_000, 'too long'],
  ] as const) {
    const { req, answer } = post(port);
    req.end('x'.repeat(length));
    expect(await answer).toBe(told);
  }
});

test('more than all may be together is refused, and what went makes room', async () => {
  const { port, seen } = await reading(1000, 1500);
  const first = post(port);
  first.req.write('x'.repeat(1000));
  const second = post(port);
  // The first one's bytes may still be on their way.
  await vi.waitFor(async () => {
    const probe = post(port);
    probe.req.end('y'.repeat(600));
    expect(await probe.answer).toBe('too many');
  }, 30_000);
  second.req.end('z'.repeat(400));
  expect(await second.answer).toBe('400 bytes');
  first.req.destroy();
  expect(await first.answer).toBe('broken');
  await vi.waitFor(() => expect(seen).toEqual(['gone']), 30_000);
  const last = post(port);
  last.req.end('x'.repeat(1000));
  expect(await last.answer).toBe('1000 bytes');
});
