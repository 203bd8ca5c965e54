import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startArtifactServer } from '#provision/machines/supervisor/artifact-server.ts';

let dir: string;
let server: Server;
let port: number;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-artifacts-'));
  mkdirSync(join(dir, 'artifacts/folder'), { recursive: true });
  writeFileSync(join(dir, 'artifacts/fleetd-abcd.cjs'), 'fleetd');
  writeFileSync(join(dir, 'secret'), 'secret');
  server = await startArtifactServer(join(dir, 'artifacts'), '127.0.0.1', 0);
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

/** The first line and the body of what is answered to a request as it goes over the wire. */
async function ask(line: string): Promise<{ status: number; body: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(`${line} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return { status: Number(text.split(' ')[1]), body: text.slice(text.indexOf('\r\n\r\n') + 4) };
}

describe('the artifact server', () => {
  it('serves artifacts by name', async () => {
    expect(await ask('GET /fleetd-abcd.cjs')).toEqual({ status: 200, body: 'fleetd' });
    expect(await ask('GET /fleetd-abcd.cjs?again')).toMatchObject({ status: 200 });
    expect(await ask('GET /fleetd-9999.cjs')).toEqual({ status: 404, body: 'no artifact /fleetd-9999.cjs\n' });
  });

  it.each([
    ['GET /', 404],
    ['GET //', 404],
    ['GET /folder', 404],
    ['GET /folder/', 404],
    ['GET /../secret', 403],
    ['GET /%2e%2e/secret', 403],
    ['GET /%', 400],
    ['GET /%00', 400],
    ['POST /fleetd-abcd.cjs', 405],
  ])('answers %s with %i, and goes on', async (line, status) => {
    expect((await ask(line)).status).toBe(status);
    expect((await ask('GET /fleetd-abcd.cjs')).status).toBe(200);
  });
});
