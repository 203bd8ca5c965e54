import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { apiGuard, type AuthFiles } from '#platform/fleet/api/guard.ts';
import { serveApi } from '#platform/fleet/api/serve.ts';
import { openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import { runFleetctl } from '#platform/fleet/fleetctl/commands/run-fleetctl.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';

/** The API behind a guard, on real sockets, with certificates made for the test. */
const secret = 'a-token-of-thirty-two-characters';
const nothing: AuthFiles = { token: undefined, certificate: undefined, key: undefined, clientAuthority: undefined };
const store = memoryStore();
let directory = '';
const file = (name: string): string => join(directory, name);

function openssl(...words: string[]): void {
  execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' });
}

/** A key, and a certificate for it: by itself, or by an authority. */
function certificate(name: string, by?: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  const about = ['-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`];
  const signed =
    by === undefined ? [] : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl(
    'req',
    '-x509',
    ...key,
    ...about,
    ...signed,
    ...(by === undefined ? [] : ['-addext', 'basicConstraints=CA:FALSE']),
  );
}

async function served(auth: Partial<AuthFiles>): Promise<{ tcp: string; unix: string }> {
  const socket = file(`api-${Math.random()}.sock`);
  const guard = apiGuard({ ...nothing, ...auth });
  const registry = registryOf(store, fleetKeys(), () => undefined);
  const options = { pageSize: 100, metrics: () => 'fleet_units 0\n', guard };
  const api = await serveApi(registry, ['127.0.0.1:0', `unix://${socket}`], () => undefined, options);
  onTestFinished(() => api.close());
  return { tcp: api.addresses[0] ?? '', unix: `unix://${socket}` };
}

async function fleetctl(endpoint: string, words: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const io = { out: () => undefined, err: () => undefined, progress: undefined };
  return runFleetctl(['list-machines', ...words], { env: { FLEETCTL_ENDPOINT: endpoint, ...env }, ...io });
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleet-auth-'));
  writeFileSync(file('token'), `${secret}\n`, { mode: 0o600 });
  certificate('authority');
  certificate('other');
  certificate('server', 'authority');
  certificate('client', 'authority');
  certificate('stranger', 'other');
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

test('without any of it the API is open, and so is its socket', async () => {
  const { tcp, unix } = await served({});
  expect((await fetch(`${tcp}/fleet/v1/machines`)).status).toBe(200);
  expect(statSync(unix.slice('unix://'.length)).mode & 0o777).toBe(0o666);
});

test('with a token nobody without it gets anything by TCP; the socket is for root alone, and asks nothing', async () => {
  const { tcp, unix } = await served({ token: file('token') });
  for (const path of ['/fleet/v1/machines', '/fleet/v1/discovery', '/metrics', '/', '/nosuch'])
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${secret}x`,
      `Bearer ${secret.slice(1)}`,
      `Basic ${secret}`,
      secret,
    ]) {
      const reply = await fetch(tcp + path, { headers: { authorization } });
      expect([path, authorization, reply.status]).toEqual([path, authorization, 401]);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="fleet"');
      expect(await reply.json()).toEqual({ error: { code: 401, message: 'no valid token or client certificate' } });
    }
  const headers = { authorization: `bearer ${secret}` };
  expect((await fetch(`${tcp}/fleet/v1/machines`, { headers })).status).toBe(200);
  expect(statSync(unix.slice('unix://'.length)).mode & 0o777).toBe(0o600);
  expect(await openFleetClient({ endpoints: [unix] }).listMachines()).toEqual([]);
});

test('a body that nobody may send is not read: 401 at once, and the connection ends', async () => {
  const { tcp } = await served({ token: file('token') });
  const socket = connect(Number(new URL(tcp).port), '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  // It is closed while we write.
  socket.on('error', () => undefined);
  socket.write('PATCH /fleet/v1/units HTTP/1.1\r\nHost: fleet\r\nContent-Length: 1000000000\r\n\r\n[');
  const piece = Buffer.alloc(64 * 1024, 32);
  // A socket that has failed calls back for ever, and Node.js 24 tells of its end only when nobody writes.
  const more = (error?: Error | null): void => void (error || socket.destroyed || socket.write(piece, more));
  more();
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(socket.bytesWritten).toBeLessThan(100_000_000);
});

test('who says nothing is not waited for', async () => {
  const { tcp } = await served({ token: file('token') });
  const socket = connect(Number(new URL(tcp).port), '127.0.0.1');
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('closed')));
  socket.on('data', () => undefined).on('error', () => undefined);
  socket.write('GET /fleet/v1/machines HTTP/1.1\r\nHost:');
  expect(await closed).toBe('closed');
});

test('with mutual TLS a client needs a certificate by the authority, and fleetctl shows one', async () => {
  const { tcp } = await served({
    certificate: file('server.pem'),
    key: file('server.key'),
    clientAuthority: file('authority.pem'),
  });
  expect(tcp).toMatch(/^https:/);
  const ca = `--ca-file=${file('authority.pem')}`;
  const own = [ca, `--cert-file=${file('client.pem')}`, `--key-file=${file('client.key')}`];
  expect(await fleetctl(tcp, own)).toBe(0);
  const variables = { FLEETCTL_CERT_FILE: file('client.pem'), FLEETCTL_KEY_FILE: file('client.key') };
  expect(await fleetctl(tcp, [ca], variables)).toBe(0);
  const refused = { code: 'permission.fleet', exitCode: 77 };
  await expect(fleetctl(tcp, [ca])).rejects.toMatchObject(refused);
  const others = [ca, `--cert-file=${file('stranger.pem')}`, `--key-file=${file('stranger.key')}`];
  await expect(fleetctl(tcp, others)).rejects.toMatchObject(refused);
  // And the client does not speak to whom it does not trust.
  const unreachable = { code: 'state.fleet-unreachable' };
  await expect(fleetctl(tcp, own.slice(1))).rejects.toMatchObject(unreachable);
  await expect(fleetctl(tcp, [`--ca-file=${file('other.pem')}`, ...own.slice(1)])).rejects.toMatchObject(unreachable);
  await expect(fleetctl(tcp.replace('https', 'http'), own)).rejects.toMatchObject(unreachable);
});

test('both at once: the token alone is not enough, nor is the certificate', async () => {
  const { tcp } = await served({
    token: file('token'),
    certificate: file('server.pem'),
    key: file('server.key'),
    clientAuthority: file('authority.pem'),
  });
  const ca = `--ca-file=${file('authority.pem')}`;
  const shown = [`--cert-file=${file('client.pem')}`, `--key-file=${file('client.key')}`];
  const token = `--token-file=${file('token')}`;
  expect(await fleetctl(tcp, [ca, token, ...shown])).toBe(0);
  expect(await fleetctl(tcp, [ca, ...shown], { FLEETCTL_TOKEN: secret })).toBe(0);
  await expect(fleetctl(tcp, [ca, token])).rejects.toMatchObject({ code: 'permission.fleet' });
  await expect(fleetctl(tcp, [ca, ...shown])).rejects.toMatchObject({ code: 'permission.fleet' });
});

test.each([
  [['--token-file=/nosuch'], '--token-file: /nosuch cannot be read'],
  [['--cert-file=/dev/null'], 'a certificate and its key belong together'],
])('fleetctl refuses %j', async (words, cause) => {
  await expect(fleetctl('http://127.0.0.1:1', words)).rejects.toMatchObject({
    code: 'usage.credentials',
    message: cause,
  });
});

test('fleetd refuses what protects nothing', () => {
  writeFileSync(file('short'), 'secret\n', { mode: 0o600 });
  writeFileSync(file('open'), secret);
  chmodSync(file('open'), 0o644);
  const refusal = (auth: Partial<AuthFiles>): unknown => {
    try {
      return apiGuard({ ...nothing, ...auth });
    } catch (error) {
      return error;
    }
  };
  for (const [auth, cause] of [
    [{ token: file('short') }, /holds no token: one word of at least 16 characters/],
    [{ token: file('open') }, /holds the token, and others may read it/],
    [{ token: file('nosuch') }, /cannot be read: ENOENT/],
    [{ certificate: file('server.pem') }, /belong together/],
    [{ clientAuthority: file('authority.pem') }, /need TLS/],
  ] as const)
    expect(refusal(auth)).toMatchObject({
      code: 'config.auth',
      message: expect.stringMatching(cause) as string,
    });
  expect(refusal({})).toBeUndefined();
});
