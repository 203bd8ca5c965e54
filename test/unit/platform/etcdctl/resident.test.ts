import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRequest } from '#platform/etcdctl/resident-request.ts';
import { startResident } from '#platform/etcdctl/resident.ts';
import { type RealEtcd, realEtcd } from '../etcd/real-etcd.ts';
import { type Outcome, ours } from './ours.ts';

const client = fileURLToPath(new URL('../../../../platform/etcdctl/resident-client.pl', import.meta.url));
let etcd: RealEtcd;
let dir: string;
let server: Server;
let path: string;

beforeAll(async () => {
  etcd = await realEtcd();
  dir = mkdtempSync(join(tmpdir(), 'lab-resident-'));
  path = join(dir, 'socket');
  // What the client starts when it must run the command by itself, and for v3's grammar.
  writeFileSync(
    join(dir, 'own.cjs'),
    `let input = '';
     process.stdin.setEncoding('utf8').on('data', (text) => (input += text)).on('end', () => {
       console.log('own', ...process.argv.slice(2), input);
       process.exitCode = 9;
     });`,
  );
  writeFileSync(join(dir, 'real'), '#!/bin/sh\necho "API=$ETCDCTL_API $ETCDCTL_ENDPOINTS $*"\nexit 7\n');
  chmodSync(join(dir, 'real'), 0o755);
});
afterAll(async () => {
  await etcd.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(async () => {
  server = await startResident({ path });
});
afterEach(async () => {
  await closed(server);
  for (const directory of ['/r', '/s']) await ours(['rm', '--recursive', directory], etcd.endpoints);
});

const closed = (one: Server) => new Promise((resolve) => one.close(resolve));

function start(args: (string | Buffer)[], stdin = '', endpoints = etcd.endpoints.join(',')) {
  const env = {
    PATH: process.env['PATH'],
    ETCDCTL_ENDPOINTS: endpoints,
    LAB_ETCDCTL_SOCKET: path,
    LAB_ETCDCTL_OWN: join(dir, 'own.cjs'),
    LAB_ETCDCTL_REAL: join(dir, 'real'),
  };
  const child = spawn('perl', [client, ...args.map(String)], { env });
  child.stdin.on('error', () => {}); // it need not read
  child.stdin.end(stdin);
  return child;
}

async function outcomeOf(child: ReturnType<typeof start>): Promise<Outcome> {
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { code, ...out };
}

/** The real client, as a sidekick's shell runs it. */
const resident = (...args: string[]) => outcomeOf(start(args));

/** In place of the resident process: it says and does what a test wants. */
async function inItsPlace(serve: (socket: Socket) => void): Promise<void> {
  await closed(server);
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => serve(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

describe('the resident etcdctl', () => {
  it('does what the program does: output, errors and exit codes', async () => {
    const script = [
      ['set', '--ttl', '60', '/r/a', '10.1.2.3'],
      ['get', '/r/a'],
      ['get', '/r/none'],
      ['mk', '/r/a', 'again'],
      ['set', '/r/lines', 'one\ntwo\n\n  three'],
      ['get', '/r/lines'],
      ['set', '/r/signs', "o'e $x `y` \\n \u00e4"],
      ['get', '/r/signs'],
      ['set', '--swap-with-value', 'other', '/r/a', 'x'],
      ['ls', '--recursive', '/r'],
      ['rm', '--with-value', '10.1.2.3', '/r/a'],
      ['set', '--ttl', 'soon', '/r/a', 'x'],
      ['--help'],
      [],
    ];
    // The same twice, below two directories: each command finds what the ones before it left.
    const plain = (text: string) => text.replaceAll('/s/', '/r/').replace(/\[\d+\]/, '[index]');
    for (const args of script) {
      const other = await ours(
        args.map((word) => word.replace(/^\/r/, '/s')),
        etcd.endpoints,
      );
      const expected = { code: other.code, stdout: plain(other.stdout), stderr: plain(other.stderr) };
      const { code, stdout, stderr } = await resident(...args);
      expect({ code, stdout, stderr: plain(stderr) }).toEqual(expected);
    }
  });

  it('leaves to the caller what goes on until its SIGINT, or reads its files', async () => {
    for (const args of [
      ['watch', '/r/a'],
      ['exec-watch', '/r/a', '--', 'true'],
      ['cluster-health', '--forever'],
      ['--cert-file', 'x', 'ls'],
    ])
      expect(await outcomeOf(start(args, 'in'))).toEqual({ code: 9, stdout: `own ${args.join(' ')} in\n`, stderr: '' });
  });

  it("starts the real client for v3's grammar, as the program does", async () => {
    const endpoints = etcd.endpoints.join(',');
    expect(await resident('put', '/r/a', 'b')).toEqual({
      code: 7,
      stdout: `API=3 ${endpoints} put /r/a b\n`,
      stderr: '',
    });
    const named = ['member', 'list', '-w', 'table', '--endpoints', 'a:1'];
    expect(await resident(...named)).toEqual({ code: 7, stdout: `API=3  ${named.join(' ')}\n`, stderr: '' });
  });

  it('takes a value from standard input, as long as etcd takes one', async () => {
    const value = `first\n${'x'.repeat(1_000_000)}\u00e4\n`;
    const set = await outcomeOf(start(['set', '/r/in'], value));
    expect(set).toEqual({ code: 0, stdout: `${value}\n`, stderr: '' });
    expect((await resident('get', '/r/in')).stdout).toBe(`${value}\n`);
    const empty = await outcomeOf(start(['set', '/r/in'], ''));
    expect(empty).toEqual(await ours(['set', '/r/in'], etcd.endpoints));
    const huge = await outcomeOf(start(['set', '/r/in'], 'x'.repeat(5 * 1024 * 1024)));
    expect(huge).toMatchObject({ code: 4, stdout: '' });
    expect(huge.stderr).toContain('longer than any value');
  });

  it('says how the members are, and hears of a caller that has gone', async () => {
    const listeners = process.listenerCount('SIGINT');
    const { code, stdout } = await resident('cluster-health');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^member .* is healthy.*\ncluster is healthy\n$/)]);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('ends by etcd’s silence as the program does', async () => {
    // It takes the connection and never answers.
    const silent = createServer((socket) => void socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const run = await outcomeOf(start(['--total-timeout', '300ms', 'get', '/r/a'], '', `http://127.0.0.1:${port}`));
    expect(run).toEqual({ code: 4, stdout: '', stderr: 'Error:  context deadline exceeded\n' });
    silent.close();
  });

  it('ends without an error when nobody reads on', async () => {
    await outcomeOf(start(['set', '/r/in'], 'x'.repeat(1_000_000)));
    const child = start(['get', '/r/in']);
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
  });

  it('is done without where it does not run, or ends before it has taken the command', async () => {
    const own = { code: 9, stdout: 'own get /r/a in\n', stderr: '' };
    await closed(server);
    expect(await outcomeOf(start(['get', '/r/a'], 'in'))).toEqual(own);
    for (const said of ['', 't', '0', 'n0\n', 'nonsense\n']) {
      server = createServer();
      await inItsPlace((socket) => socket.end(said));
      expect(await outcomeOf(start(['get', '/r/a'], 'in'))).toEqual(own);
      await closed(server);
    }
    server = await startResident({ path });
  });

  it('does nothing twice: what ends in the middle is an error', async () => {
    await inItsPlace((socket) => socket.end('t0\no2\na\no20\nthe rest'));
    const { code, stdout, stderr } = await resident('set', '/r/a', 'b');
    expect([code, stdout]).toEqual([4, 'a\n']);
    expect(stderr).toMatch(/^Error: {2}the process that runs etcdctl's commands ended in the middle; next: .+\n$/);
  });

  it.each([
    ['has gone by then', (socket: Socket) => socket.destroy()],
    ['says no more', (socket: Socket) => socket.end()],
    ['says something else', (socket: Socket) => socket.end('no')],
  ])('begins nothing for a caller that %s, and may have done it itself', async (_what, answer) => {
    const socket = connect(path);
    const line = ['set', '/r/late', 'too late'];
    const fields = ['1', `ETCDCTL_ENDPOINTS=${etcd.endpoints.join(',')}`, String(line.length), ...line];
    socket.write(fields.map((field) => `${field}\0`).join(''));
    const closing = new Promise((resolve) => socket.once('close', resolve));
    const said = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
    expect(said).toBe('t0\n');
    answer(socket.resume());
    await closing;
    expect(await resident('get', '/r/late')).toMatchObject({ code: 4, stdout: '' });
  });

  it('serves so many at a time; the next one helps itself', async () => {
    const idle = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const socket = connect(path);
        await new Promise((resolve) => socket.once('connect', resolve));
        return socket;
      }),
    );
    await expect.poll(async () => (await resident('get', '/r/none')).code).toBe(9);
    for (const socket of idle) socket.destroy();
    await expect.poll(async () => (await resident('get', '/r/none')).code).toBe(4);
  });

  it('outlives nonsense, and callers that go away', async () => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n\0', '1\0', '99999999\0', '']) {
      const socket = connect(path);
      socket.end(text);
      await new Promise((resolve) => socket.on('close', resolve).resume());
    }
    expect(await resident('set', '/r/a', 'b')).toEqual({ code: 0, stdout: 'b\n', stderr: '' });
  });
});

it('a request is read however it is cut, and never before it is whole', () => {
  const word = fc.string({ unit: fc.constantFrom('a', '=', ' ', '\n', '7', '-') });
  const env = fc.dictionary(fc.constantFrom('ETCDCTL_A', 'ETCDCTL_B'), word);
  fc.assert(
    fc.property(env, fc.array(word), fc.nat(), (variables, argv, cut) => {
      const entries = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      const fields = [String(entries.length), ...entries, String(argv.length), ...argv];
      const whole = Buffer.from(fields.map((field) => `${field}\0`).join(''));
      expect(readRequest(whole)).toEqual({ env: variables, argv });
      expect(readRequest(whole.subarray(0, cut % whole.length))).toBeUndefined();
    }),
  );
});
