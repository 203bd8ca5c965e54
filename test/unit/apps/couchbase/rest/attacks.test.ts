import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, type Bundles } from '../support/bundles.ts';
import { administrator, ask } from '../support/rest.ts';
import { createBucket, setUp } from '../support/set-up.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

/* What strangers can do by HTTP. Memory is that of the bundled server in a process of its own. */

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

test(`${strangers} of them send all but the end of a 4 MiB body to what is closed to them, and nothing of it is kept`, async () => {
  const body = Buffer.alloc(bodyBytes - 1024, 'x');
  for (let index = 0; index < strangers; index++) {
    const socket = connect(server.ports.mgmt, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    socket.write(`POST /pools/default/buckets HTTP/1.1\r\nHost: h\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
    if (!socket.write(body)) await once(socket, 'drain');
  }
  const answer = await ask(server.ports.mgmt, 'GET', '/pools/default/buckets', { auth: administrator });
  expect(answer.status).toBe(200);
  // All of it would be 600 MB.
  expect(resident()).toBeLessThan(300 * mebibyte);
});
