import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, type Bundles } from '../support/bundles.ts';
import { administrator, ask } from '../support/rest.ts';
import { createBucket, setUp } from '../support/set-up.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

/* What clients can do by HTTP. Memory is that of the bundled server in a process of its own. */

const mebibyte = 1024 * 1024;
const bodyBytes = 4 * mebibyte;
const strangers = 150;

let bundles: Bundles;
let server: ServerProcess;
const sockets: Socket[] = [];

beforeAll(async () => {
  bundles = await bundle();
  server = await startServerProcess(bundles.server);
  await setUp(server.ports.mgmt, 300);
  await createBucket(server.ports.mgmt, 'default');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.stop('SIGKILL');
  await bundles.remove();
});

/** Resident memory, bytes (proc_pid_status(5)). */
function resident(): number {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Sends all but the end of a body of 4 MiB. @param head lines of the request's head beyond the usual */
async function unfinished(head = ''): Promise<Socket> {
  const socket = connect(server.ports.mgmt, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  socket.write(`POST /pools/default/buckets HTTP/1.1\r\nHost: h\r\nContent-Length: ${bodyBytes}\r\n${head}\r\n`);
  if (!socket.write(Buffer.alloc(bodyBytes - 1024, 'x'))) await once(socket, 'drain');
  return socket;
}

test(`${strangers} strangers send all but the end of a 4 MiB body to what is closed to them, and nothing of it is kept`, async () => {
  for (let index = 0; index < strangers; index++) await unfinished();
  const answer = await ask(server.ports.mgmt, 'GET', '/pools/default/buckets', { auth: administrator });
  expect(answer.status).toBe(200);
  // All of it would be 600 MB.
  expect(resident()).toBeLessThan(300 * mebibyte);
});

test('18 who are known send so: 64 MiB are kept, some hear that it is too much, and others are served', async () => {
  const authorization = `Authorization: Basic ${Buffer.from(administrator).toString('base64')}\r\n`;
  const all: Socket[] = [];
  for (let index = 0; index < 18; index++) all.push(await unfinished(authorization));
  const answer = await ask(server.ports.mgmt, 'GET', '/pools/default/buckets', { auth: administrator });
  expect(answer.status).toBe(200);
  const statuses = await Promise.all(all.map((socket) => statusOf(socket)));
  // The forms mean nothing. Which ones are over it is decided by how their bytes come in.
  expect(statuses).toContain(503);
  expect(statuses).toContain(400);
  for (const socket of all) socket.destroy();
  const form = { name: 'another', ramQuotaMB: 'x' };
  const later = await ask(server.ports.mgmt, 'POST', '/pools/default/buckets', { auth: administrator, form });
  expect(later.status).toBe(400);
});

/** Sends the end of the body. */
async function statusOf(socket: Socket): Promise<number> {
  const answered = once(socket, 'data');
  socket.write(Buffer.alloc(1024, 'x'));
  return Number(/^HTTP\/1.1 (\d+)/u.exec(String(await answered))?.[1]);
}
