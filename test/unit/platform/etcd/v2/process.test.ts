import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readOptions } from '#platform/etcd/v2/options.ts';
import { freePorts } from '#test/support/free-ports.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { http } from './start-v2.ts';

let dir: string;
let program: string;
let etcd: RealEtcd;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-v2-'));
  program = join(dir, 'etcd-v2.cjs');
  const entry = fileURLToPath(new URL('../../../../../platform/etcd/v2/main.ts', import.meta.url));
  const target = { platform: 'node', target: 'node20', format: 'cjs', bundle: true, logLevel: 'silent' } as const;
  await build({ ...target, entryPoints: [entry], outfile: program });
  etcd = await realEtcd();
});
afterAll(async () => {
  await etcd.stop();
  await rm(dir, { recursive: true });
});

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, '--etcd', etcd.endpoints[0] ?? '', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** As systemd does it: a socket that listens already is descriptor 3, and the process is told that it is meant. */
async function activated(args: readonly string[]) {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { _handle: handle } = server as unknown as { _handle: { fd: number } };
  const command = `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`;
  const child = spawn('sh', ['-c', command, process.execPath, program, '--etcd', etcd.endpoints[0] ?? '', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', handle.fd],
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  // Both hold the socket: only the process is to accept.
  server.close();
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, url: `http://127.0.0.1:${port}` };
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
const answering = (url: string) => vi.waitFor(() => http(url, 'GET', '/v2/keys'), { timeout: 30_000, interval: 50 });

describe('etcd-v2', () => {
  test('answers on the socket that systemd passed, and ends when nobody is connected any more', async () => {
    const { child, url } = await activated(['--idle-exit', '1']);
    const ended = exitOf(child);
    expect((await answering(url)).status).toBe(200);
    const waits = request(`${url}/v2/keys/x?wait=true`, { agent: false });
    await new Promise((resolve) => waits.on('response', resolve).end());
    const idleFrom = performance.now() + 1500;
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(idleFrom), { timeout: 30_000 });
    expect(child.exitCode).toBeNull();
    waits.on('error', () => undefined).destroy();
    // fetch keeps its connection for as long as the server lets it.
    expect(await http(url, 'GET', '/version').then(({ status }) => status)).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('ends by itself when nobody ever comes', async () => {
    const { child } = await activated(['--idle-exit', '0.3']);
    expect(await exitOf(child)).toBe(0);
  });

  test('listens on several places; SIGTERM ends open watches and the process', async () => {
    const [[port], path] = [await freePorts(1), join(dir, 'v2.sock')];
    const child = start(['--listen', `127.0.0.1:${port}`, '--listen', path, '--port', '4001']);
    const ended = exitOf(child);
    const url = `http://127.0.0.1:${port}`;
    await answering(url);
    const bySocket = await new Promise<number | undefined>((resolve, reject) =>
      request({ socketPath: path, path: '/v2/keys' }, (res) => resolve(res.resume().statusCode))
        .on('error', reject)
        .end(),
    );
    expect(bySocket).toBe(200);
    expect((await http(url, 'GET', '/v2/machines')).text).toBe('http://127.0.0.1:4001');
    const watching = http(url, 'GET', '/v2/keys/x?wait=true').then(
      () => 'answered',
      () => 'cut',
    );
    await vi.waitFor(async () => expect((await http(url, 'GET', '/v2/stats/store')).text).toContain('"watchers":1'), {
      timeout: 30_000,
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await watching).toBe('cut');
  });

  test.each([
    [['--listen', 'nonsense'], '--listen takes a number'],
    [['--timeout=-1'], '--timeout takes a number'],
    [['--frobnicate'], "Unknown option '--frobnicate'"],
    [['--listen', '99999'], '--listen takes a number from 0 to 65535'],
  ])('refuses %s with one line and exit code 64', async (args, said) => {
    const child = start(args);
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(64);
    expect(text).toContain(said);
  });
});

describe('its options', () => {
  const read = (argv: string[], env: NodeJS.ProcessEnv = {}) => readOptions(argv, env, 42);

  test('defaults: both ports of clients everywhere, the member of the machine', () => {
    expect(read([])).toEqual({
      endpoint: 'http://127.0.0.1:12379',
      places: [{ port: 2379 }, { port: 4001 }],
      port: 2379,
      timeoutMs: 5000,
      idleExitMs: undefined,
    });
  });

  test('sockets of systemd count when they are meant for this process, and are not all there is', () => {
    const env = { LISTEN_PID: '42', LISTEN_FDS: '2' };
    expect(read([], env)).toMatchObject({ places: [{ fd: 3 }, { fd: 4 }] });
    expect(read(['--listen', '[::1]:5'], env)).toMatchObject({
      places: [{ fd: 3 }, { fd: 4 }, { port: 5, host: '::1' }],
    });
    expect(read([], { ...env, LISTEN_PID: '43' })).toMatchObject({ places: [{ port: 2379 }, { port: 4001 }] });
    expect(() => read([], { LISTEN_PID: '42', LISTEN_FDS: 'x' })).toThrow('LISTEN_FDS takes a number');
  });
});
