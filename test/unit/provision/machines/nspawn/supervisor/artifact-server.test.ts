import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startArtifactServer } from '../../../../../../provision/machines/nspawn/supervisor/artifact-server.ts';

const ignitionBinary = '/usr/lib/dracut/modules.d/30ignition/ignition';
let dir: string;
let server: Server;
let port: number;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-artifacts-'));
  mkdirSync(join(dir, 'artifacts/folder'), { recursive: true });
  mkdirSync(join(dir, 'core-01'));
  writeFileSync(join(dir, 'artifacts/fleetd-abcd.cjs'), 'fleetd');
  writeFileSync(join(dir, 'secret'), 'secret');
  const files = [{ path: '/etc/hostname', mode: 420, overwrite: true, contents: { source: 'data:,core-01%0A' } }];
  const config = { ignition: { version: '3.3.0' }, storage: { files } };
  writeFileSync(join(dir, 'core-01/ignition.json'), JSON.stringify(config));
  const ignitionFiles = new Map(['core-01', 'core-02'].map((name) => [name, join(dir, name, 'ignition.json')]));
  server = await startArtifactServer({ artifactsDir: join(dir, 'artifacts'), ignitionFiles }, '127.0.0.1', 0);
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
    ['GET /ignition/', 404],
    ['GET /ignition/core-09.json', 404],
    ['GET /ignition/core-02.json', 404],
    ['POST /fleetd-abcd.cjs', 405],
  ])('answers %s with %i, and goes on', async (line, status) => {
    expect((await ask(line)).status).toBe(status);
    expect((await ask('GET /fleetd-abcd.cjs')).status).toBe(200);
  });

  it('hands a machine its whole config, as the real Ignition follows it from a config of a few bytes', async () => {
    const source = `http://127.0.0.1:${port}/ignition/core-01.json`;
    const small = join(dir, 'small.json');
    writeFileSync(small, JSON.stringify({ ignition: { version: '3.3.0', config: { replace: { source } } } }));
    const root = join(dir, 'root');
    mkdirSync(join(root, 'etc/selinux'), { recursive: true });
    writeFileSync(join(root, 'etc/selinux/config'), 'SELINUX=disabled\nSELINUXTYPE=none\n');
    writeFileSync(join(dir, 'setfiles'), '#!/bin/sh\nexec cat >/dev/null\n', { mode: 0o755 });
    const state = ['config-cache', 'state-file', 'neednet'].map((name) => `--${name}=${join(dir, name)}`);
    const env = { IGNITION_CONFIG_FILE: small, PATH: `${dir}:${process.env['PATH'] ?? ''}` };
    for (const stage of ['fetch', 'files'])
      await execa(ignitionBinary, ['--platform=file', `--stage=${stage}`, `--root=${root}`, ...state], { env });
    expect(readFileSync(join(root, 'etc/hostname'), 'utf8')).toBe('core-01\n');
  });
});
