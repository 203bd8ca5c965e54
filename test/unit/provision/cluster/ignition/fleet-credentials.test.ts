import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { apiGuard } from '#platform/fleet/api/guard.ts';
import { serveApi } from '#platform/fleet/api/serve.ts';
import { readConfig } from '#platform/fleet/daemon/config.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';
import { fleetMachines } from '#provision/cluster/conditions/conditions.ts';
import {
  clientSettings,
  credentialFiles,
  credentialSettings,
  ensureFleetCredentials,
  type MachineCredentials,
} from '#provision/cluster/ignition/fleet-credentials.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import { load } from '../../config/config-directory.ts';

let dir = '';
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'fleet-credentials-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const configOf = (auth: string, rb = '') =>
  load({
    rb,
    toml: `[lab]\nname = "${auth.replace('+', '-')}"\nstate_dir = "${dir}"\n[fleet]\nauth = "${auth}"\n`,
    hostCpus: 4,
  });

/** What Ignition would write to a machine, below a directory. */
async function written(credentials: MachineCredentials, root: string): Promise<void> {
  for (const { path, contents, mode } of credentialFiles(credentials)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), await (await fetch(contents?.source ?? '')).text());
    chmodSync(join(root, path), mode ?? 0o644);
  }
}

it.each([
  ['off', 'http', []],
  ['token', 'http', ['token-file']],
  ['tls', 'https', ['ca-file', 'cert-file', 'key-file']],
  ['token+tls', 'https', ['token-file', 'ca-file', 'cert-file', 'key-file']],
])('with auth = "%s" a fleetd takes whom the lab has provided, and nobody else', async (auth, scheme, flags) => {
  const config = configOf(auth);
  const credentials = (await ensureFleetCredentials(config))('core-02');
  const root = join(dir, 'machine', auth);
  await written(credentials, root);
  const env = Object.fromEntries(credentialSettings(credentials).map((line) => line.split('=', 2) as [string, string]));
  const { auth: files } = readConfig(['--machine-id=1'], env, () => undefined).config;
  const here = (path: string | undefined) => (path === undefined ? undefined : join(root, path));
  const guard = apiGuard({
    token: here(files.token),
    certificate: here(files.certificate),
    key: here(files.key),
    clientAuthority: here(files.clientAuthority),
  });
  const store = memoryStore();
  const registry = registryOf(store, fleetKeys(), () => undefined);
  const options = { pageSize: 100, metrics: () => '', guard };
  const api = await serveApi(registry, ['127.0.0.1:0'], () => undefined, options);
  onTestFinished(async () => {
    await api.close();
    await store.close();
  });
  const { port } = new URL(api.addresses[0] ?? '');
  const asks = { ...config, ports: { ...config.ports, fleetApi: Number(port) } };
  const client = fleetApi(asks);
  expect(client.urlOf('127.0.0.1')).toBe(`${scheme}://127.0.0.1:${port}`);
  expect(Object.keys(client.files)).toEqual(flags);
  expect(await fleetMachines(['127.0.0.1'], client, 30)).toEqual([]);
  const others = { urlOf: client.urlOf, credentials: () => ({ token: 'not-the-token-of-this-lab' }) };
  expect(await fleetMachines(['127.0.0.1'], others, 30)).toEqual(auth === 'off' ? [] : undefined);

  // And so does what a machine's own fleetctl takes for granted.
  const script = clientSettings(credentials, { address: '127.0.0.1' }, Number(port)).join('\n');
  const shell = (environment: Record<string, string>) =>
    execFileSync('/bin/sh', ['-c', `${script}\nenv`], { env: environment, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.startsWith('FLEETCTL_'))
      .sort();
  const names = flags.map((flag) => `FLEETCTL_${flag.toUpperCase().replace('-', '_')}`);
  const set = shell({}).map((line) => line.split('=', 2) as [string, string]);
  expect(set.map(([name]) => name)).toEqual(auth === 'off' ? [] : ['FLEETCTL_ENDPOINT', ...names].sort());
  for (const [name, value] of set.filter(([name]) => name !== 'FLEETCTL_ENDPOINT'))
    expect(existsSync(join(root, value)), name).toBe(true);
  if (auth !== 'off') expect(shell({ FLEETCTL_ENDPOINT: 'mine' })).toContain('FLEETCTL_ENDPOINT=mine');
});

it('they are made once, are secret, and a machine that is added has a certificate of the same authority', async () => {
  const before = (await ensureFleetCredentials(configOf('token+tls')))('core-01');
  const four = configOf('token+tls', '$num_instances = 4\n');
  const after = await ensureFleetCredentials(four);
  expect(after('core-01')).toEqual(before);
  const { tls } = after('core-04');
  const [ca, server, client] = [tls?.ca, tls?.server.cert, tls?.client.cert].map(
    (text) => new X509Certificate(text ?? ''),
  );
  expect(server?.verify(ca?.publicKey ?? fail())).toBe(true);
  expect(client?.verify(ca?.publicKey ?? fail())).toBe(true);
  expect(server?.checkIP('172.17.8.104')).toBe('172.17.8.104');
  expect(server?.checkIP('172.17.8.101')).toBeUndefined();
  const { files } = fleetApi(four);
  for (const path of [files['token-file'], files['key-file']]) expect(statSync(path ?? '').mode & 0o077).toBe(0);
  expect(statSync(join(files['token-file'] ?? '', '..')).mode & 0o077).toBe(0);
});

it('a lab that was never up has none to show', () => {
  const { files, credentials } = fleetApi(load({ toml: `[fleet]\nauth = "token+tls"\n`, hostCpus: 4 }));
  expect(Object.keys(files)).toHaveLength(4);
  expect(credentials()).toEqual({});
});

describe('where openssl', () => {
  const bin = () => mkdtempSync(join(dir, 'bin-'));
  afterEach(() => vi.unstubAllEnvs());

  it('is not installed, the error says what needs it, and how to get it', async () => {
    vi.stubEnv('PATH', bin());
    const config = { ...configOf('tls'), stateDir: join(dir, 'without') };
    await expect(ensureFleetCredentials(config)).rejects.toMatchObject({
      code: 'host.missing-program',
      message:
        "the certificate of the lab's authority for fleet's API ([fleet] auth) needs openssl, which is not installed",
      next: 'apt-get install --no-install-recommends openssl',
    });
  });

  it('fails, its last lines are the evidence, and the next call begins anew', async () => {
    const at = bin();
    writeFileSync(join(at, 'openssl'), '#!/bin/sh\necho "Error: no entropy" >&2\nexit 3\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${at}:${process.env['PATH']}`);
    const config = { ...configOf('tls'), stateDir: join(dir, 'failing') };
    await expect(ensureFleetCredentials(config)).rejects.toMatchObject({
      code: 'command.openssl',
      message: "openssl failed (exit code 3): the certificate of the lab's authority for fleet's API ([fleet] auth)",
      evidence: ['Error: no entropy'],
      next: expect.stringContaining('lab up') as string,
    });
    vi.unstubAllEnvs();
    expect((await ensureFleetCredentials(config))('core-01').tls?.ca).toContain('BEGIN CERTIFICATE');
  });
});

function fail(): never {
  throw new Error('no certificate');
}
