import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRequest, startResident } from '#platform/etcdctl/resident.ts';
import { type RealEtcd, realEtcd } from '../etcd/real-etcd.ts';
import { type Outcome, ours } from './ours.ts';

const client = fileURLToPath(new URL('../../../../platform/etcdctl/resident-client.sh', import.meta.url));
let etcd: RealEtcd;
let dir: string;
let server: Server;
let port: number;

beforeAll(async () => {
  etcd = await realEtcd();
  dir = mkdtempSync(join(tmpdir(), 'lab-resident-'));
  // What the client starts when it must run the command by itself.
  writeFileSync(join(dir, 'own.cjs'), "console.log('own', ...process.argv.slice(2)); process.exitCode = 9;");
});
afterAll(async () => {
  await etcd.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(async () => {
  server = await startResident(0);
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  for (const directory of ['/r', '/s']) await ours(['rm', '--recursive', directory], etcd.endpoints);
});

/** The real client, as a sidekick's shell runs it. */
async function resident(...args: string[]): Promise<Outcome> {
  const env = {
    PATH: process.env['PATH'],
    ETCDCTL_ENDPOINTS: etcd.endpoints.join(','),
    LAB_ETCDCTL_PORT: String(port),
    LAB_ETCDCTL_OWN: join(dir, 'own.cjs'),
  };
  const child = spawn('bash', [client, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { code, ...out };
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

  it('leaves to the caller what needs its terminal or input, and everything of v3', async () => {
    for (const args of [
      ['watch', '/r/a'],
      ['set', '/r/a'],
      ['member', 'list', '-w', 'table'],
      ['cluster-health', '--forever'],
      ['put', '/r/a', 'b'],
    ])
      expect(await resident(...args)).toEqual({ code: 9, stdout: `own ${args.join(' ')}\n`, stderr: '' });
  });

  it('is done without where it does not run', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await resident('get', '/r/a')).toEqual({ code: 9, stdout: 'own get /r/a\n', stderr: '' });
    server = await startResident(0);
  });

  it('outlives nonsense, and callers that go away', async () => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n\0', '1\0', '99999999\0', '']) {
      const socket = connect(port, '127.0.0.1');
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
