import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegistry } from '#provision/image/registry/registry.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-registry-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const options = () => ({
  storage: path.join(dir, 'storage'),
  addr: '127.0.0.1:0',
  deadlineMs: 60_000,
  logFile: path.join(dir, 'registry.log'),
});

test('answers when it is returned, and is gone when stop() has ended', async () => {
  const registry = await startRegistry(options());
  expect((await fetch(`http://${registry.addr}/v2/`)).status).toBe(200);
  expect(await readFile(`/proc/${registry.pid}/cmdline`, 'utf8')).toContain('docker-registry');
  await registry.stop();
  await expect(readFile(`/proc/${registry.pid}/cmdline`)).rejects.toThrow('ENOENT');
  await registry.stop();
});

test('an address that is taken is an error with the registry’s own words', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await expect(startRegistry({ ...options(), addr: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'command.docker-registry',
    evidence: expect.arrayContaining([expect.stringContaining('address already in use')]) as string[],
  });
  server.close();
});

test('a program that never answers is ended at the deadline', async () => {
  const pids: number[] = [];
  const sleeper = ((_: string, __: string[], stdio: object) => {
    const child = spawn('sleep', ['600'], stdio);
    pids.push(child.pid ?? 0);
    return child;
  }) as typeof spawn;
  await expect(startRegistry({ ...options(), deadlineMs: 50, spawn: sleeper })).rejects.toMatchObject({
    code: 'timeout.registry',
  });
  expect(() => process.kill(pids[0] ?? 0, 0)).toThrow('ESRCH');
});

test('a host without docker-registry is told what to install', async () => {
  const withoutRegistry = ((program: string, args: string[], stdio: object) =>
    spawn(`/usr/bin/${program}`, args, { ...stdio, env: { PATH: dir } })) as typeof spawn;
  await expect(startRegistry({ ...options(), spawn: withoutRegistry })).rejects.toMatchObject({
    code: 'host.missing-program',
    next: expect.stringContaining('apt-get install') as string,
  });
});
