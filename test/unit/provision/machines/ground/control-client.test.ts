import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { callSupervisor } from '#provision/machines/ground/control-client.ts';
import { startControlServer } from '#provision/machines/supervisor/control-server.ts';
import { labMachinesOf } from '../supervisor/lab-machines-of.ts';

// The client gives every call five seconds more than its work may take; less than nothing makes a wait that is short.
const almostNothing = -4_900;

let dir = '';
let socket = '';
const ended: (() => Promise<void>)[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-control-'));
  socket = join(dir, 'control.sock');
});
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
  rmSync(dir, { recursive: true, force: true });
});

async function listen(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  ended.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
}

const call = (deadlineMs = 1_000) =>
  callSupervisor(socket, 'POST', '/machines/core-01/halt', { deadlineMs }, deadlineMs);

it('hands over method, path and body, and hands back the answer', async () => {
  await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end(JSON.stringify({ method: request.method, url: request.url, body })));
  });
  expect(await call()).toEqual({ method: 'POST', url: '/machines/core-01/halt', body: '{"deadlineMs":1000}' });
  const status = await callSupervisor(socket, 'GET', '/status', undefined, 1_000);
  expect(status).toEqual({ method: 'GET', url: '/status', body: '' });
});

it("the supervisor's own error arrives whole: code, cause, evidence, next, exit code", async () => {
  const sent = new LabError({
    code: 'command.ignition',
    cause: 'Ignition failed on core-01',
    evidence: ['files: createFiles: op(3)', 'fetch failed'],
    next: 'lab up',
  });
  await listen((_, response) => response.writeHead(500).end(JSON.stringify(sent)));
  const received: unknown = await call().catch((error: unknown) => error);
  expect(received).toBeInstanceOf(LabError);
  expect((received as LabError).toJSON()).toEqual(sent.toJSON());
  expect((received as LabError).exitCode).toBe(76);
});

it('the real control server answers its status, and says which machine it does not know', async () => {
  const server = await startControlServer(socket, labMachinesOf(tmpdir(), []).machines, {
    deaths: ['dnsmasq'],
    ready: Promise.resolve(),
  });
  ended.push(() => new Promise((resolve) => server.close(() => resolve())));
  expect(await callSupervisor(socket, 'GET', '/status', undefined, 1_000)).toEqual({
    up: true,
    machines: [],
    deaths: ['dnsmasq'],
  });
  await expect(call()).rejects.toMatchObject({
    code: 'missing.machine',
    message: 'no machine core-01 in this lab',
    exitCode: 68,
  });
});

it('nobody listening means that the supervisor does not run', async () => {
  await expect(call()).rejects.toMatchObject({ code: 'state.supervisor', next: 'lab up', exitCode: 74 });
});

it('a socket that a dead supervisor left behind means the same', async () => {
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['-e', program, socket]).signal).toBe('SIGKILL');
  await expect(call()).rejects.toMatchObject({ code: 'state.supervisor' });
});

it('a supervisor that dies during a call means the same', async () => {
  await listen((request) => request.socket.destroy());
  await expect(call()).rejects.toMatchObject({ code: 'state.supervisor' });
});

it('a silent supervisor is a timeout that names what was asked', async () => {
  await listen(() => undefined);
  await expect(call(almostNothing)).rejects.toMatchObject({
    code: 'timeout.control',
    message: expect.stringContaining('/machines/core-01/halt') as string,
    exitCode: 75,
  });
});
