import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rsvpAt, type Rsvp } from '#apps/meetup/src/rsvp.ts';
import { startStreamServer, type StreamServer } from '#apps/meetup/src/stream-server.ts';
import type { ConnectionReport } from '#apps/meetup/src/connection-book.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: { rate?: number; deadMs?: number } = {}): Promise<StreamServer> {
  const server = await startStreamServer({
    host: '127.0.0.1',
    port: 0,
    rate: options.rate ?? 200,
    seed: 42,
    startIndex: 1000,
    pingMs: 20,
    deadMs: options.deadMs ?? 2000,
  });
  cleanups.push(() => server.close());
  return server;
}

function connect(server: StreamServer, localAddress: string, autoPong = true): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/2/rsvps`, { localAddress, autoPong });
  cleanups.push(() => {
    // Terminating a socket that is still shaking hands reports an error nobody waits for.
    socket.on('error', () => undefined);
    socket.terminate();
  });
  return socket;
}

async function messages(socket: WebSocket, count: number): Promise<Rsvp[]> {
  const got: Rsvp[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      got.push(JSON.parse(data.toString()) as Rsvp);
      if (got.length === count) resolve();
    });
  });
  return got;
}

async function report(server: StreamServer): Promise<ConnectionReport> {
  return (await (await fetch(`http://127.0.0.1:${server.port}/lab/connections`)).json()) as ConnectionReport;
}

it('sends the seeded events, in order and complete, to every listener', async () => {
  const server = await start();
  const [a, b] = await Promise.all([
    messages(connect(server, '127.0.0.1'), 10),
    messages(connect(server, '127.0.0.2'), 10),
  ]);
  for (const got of [a, b]) {
    const from = (got[0]?.rsvp_id ?? 0) - 1_600_000_000;
    expect(from).toBeGreaterThanOrEqual(1000);
    expect(got).toEqual(got.map((_, i) => JSON.parse(JSON.stringify(rsvpAt(42, from + i))) as Rsvp));
  }
  expect(await report(server)).toMatchObject({ now: 2, max: 2, refused: 0 });
});

it('refuses a second connection of one address at the upgrade, says why and writes it down', async () => {
  const server = await start();
  await once(connect(server, '127.0.0.1'), 'open');
  const second = connect(server, '127.0.0.1');
  const [, response] = (await once(second, 'unexpected-response')) as [
    unknown,
    { statusCode: number; headers: object },
  ];
  expect(response.statusCode).toBe(429);
  expect(response.headers).toMatchObject({ 'retry-after': '3' });
  const plain = await fetch(`http://127.0.0.1:${server.port}/2/rsvps`);
  expect(plain.status).toBe(429);
  expect(await plain.text()).toContain('one connection per address');
  expect(await report(server)).toMatchObject({ now: 1, max: 1, refused: 2 });
});

it('takes an address again once its connection is closed', async () => {
  const server = await start();
  const first = connect(server, '127.0.0.1');
  await once(first, 'open');
  first.close();
  await expect.poll(() => server.report().now).toBe(0);
  await once(connect(server, '127.0.0.1'), 'open');
  const { history, max } = await report(server);
  expect(max).toBe(1);
  expect(history[0]?.reason).toBe('closed (1005)');
  expect(history).toHaveLength(2);
});

it('ends a connection that answers no ping, as one of a machine without power does not', async () => {
  // Longer than a busy host keeps the other connection from its answers.
  const server = await start({ deadMs: 2000 });
  const silent = connect(server, '127.0.0.1', false);
  await once(silent, 'open');
  await once(connect(server, '127.0.0.2'), 'open');
  await expect.poll(() => server.report().history[0]?.reason).toBe('silent: no answer to pings');
  expect(await report(server)).toMatchObject({ now: 1 });
});

it('answers plain HTTP with one JSON text a line', async () => {
  const server = await start();
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.port}/2/rsvps`, { signal: stop.signal });
  expect(response.status).toBe(200);
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n').length > 3) break;
  }
  stop.abort();
  expect(JSON.parse(text.split('\n')[0] ?? '')).toHaveProperty('event.event_id');
  await expect.poll(() => server.report().now).toBe(0);
});

it('frees the address after a handshake that was none', async () => {
  const server = await start();
  const response = await new Promise<string>((resolve) => {
    void import('node:net').then(({ connect: dial }) => {
      const socket = dial(server.port, '127.0.0.1', () => {
        socket.write('GET /2/rsvps HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      });
      let got = '';
      socket.on('data', (data) => (got += data.toString()));
      socket.on('close', () => {
        resolve(got);
      });
    });
  });
  expect(response).toContain('400 Bad Request');
  await once(connect(server, '127.0.0.1'), 'open');
});

it('says what it is on /lab/health and 404 elsewhere', async () => {
  const server = await start();
  const base = `http://127.0.0.1:${server.port}`;
  expect(await (await fetch(`${base}/lab/health`)).json()).toMatchObject({ ok: true, seed: 42, connections: 0 });
  expect((await fetch(`${base}/other`)).status).toBe(404);
  expect((await fetch(`${base}/lab/health`, { method: 'POST' })).status).toBe(405);
});

it('that cannot listen says where, and what to do', async () => {
  const { port } = await start();
  const options = { port, rate: 1, seed: 42, startIndex: 0, pingMs: 20, deadMs: 100 };
  await expect(startStreamServer({ ...options, host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'host.port',
    message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    next: `ss -ltnp sport = :${port}, or another --port`,
  });
  // An address for documentation (RFC 5737): no host has it.
  await expect(startStreamServer({ ...options, host: '192.0.2.77' })).rejects.toMatchObject({
    code: 'host.port',
    next: expect.stringContaining('no such address') as string,
  });
});
