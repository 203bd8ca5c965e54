import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { observePage } from '#guide/observe/page.ts';

const rows = [{ key: '7', value: 'Ann & friends' }];
const deadlineMs = 30_000;
let closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function listening(server: HttpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A page of today, which says this to each visitor, then that it has no more to say. */
async function page(...events: [string, unknown][]): Promise<number> {
  const server = createServer();
  const sockets = new Server(server);
  sockets.on('connection', (socket) => {
    for (const [name, message] of events) socket.emit(name, message);
    socket.disconnect();
  });
  closers.push(() => sockets.close());
  return listening(server);
}

/** The same as Socket.IO 1.4.6 says it on a WebSocket, recorded from one; test/own-code has the real one. */
async function olderPage(...events: string[]): Promise<number> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: '/socket.io/' });
  sockets.on('connection', (socket, { url }) => {
    socket.send('0{"sid":"aLgeIJLr8LRrMhJsAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":60000}');
    socket.send('40');
    for (const event of events) socket.send(event);
    // A client of today, which comes first, may see the end before what was said.
    if (url?.includes('EIO=3') === true) socket.close();
  });
  closers.push(() => sockets.close());
  return listening(server);
}

it('takes the rows of a page of today', async () => {
  const port = await page(['hello', { periodMs: 5_000 }], ['message', rows]);
  expect(await observePage('127.0.0.1', deadlineMs, port)).toEqual({ rows: 1 });
});

it("takes those of a page with the chapter's Socket.IO", async () => {
  const port = await olderPage('42["hello",1]', '42[', `42${JSON.stringify(['message', rows])}`);
  expect(await observePage('127.0.0.1', deadlineMs, port)).toEqual({ rows: 1 });
});

it('says whether nothing answers, or nothing comes', async () => {
  const closed = createServer();
  const port = await listening(closed);
  await new Promise((resolve) => closed.close(resolve));
  expect(await observePage('127.0.0.1', deadlineMs, port)).toEqual({ trouble: `nothing answers at port ${port}` });
  const silent = await Promise.all([page(), olderPage()]);
  const heard = await Promise.all(silent.map((one) => observePage('127.0.0.1', deadlineMs, one)));
  expect(heard).toEqual(Array(2).fill({ trouble: 'it has no rows to show yet' }));
});

it('passes over a message that is no rows', async () => {
  const port = await page(['message', 'rows']);
  expect(await observePage('127.0.0.1', deadlineMs, port)).toEqual({ rows: 0 });
});
