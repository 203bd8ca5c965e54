import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readServerOptions } from '#apps/couchbase/src/server/options.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { KvClient } from '../support/kv-client.ts';
import { runNode } from '../support/process.ts';
import { startServerProcess } from '../support/server-process.ts';

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

test('SIGTERM closes open connections and ends the process with 0', async () => {
  const server = await startServerProcess(bundles.server);
  const client = await KvClient.open(server.ports.kv);
  const closed = once(client.socket, 'close');
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  await closed;
});

test('SIGTERM also ends a server that still pretends to start', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [bundles.server, '--start-delay-ms=600000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said).toContain('listens in 600000 ms');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each(['4.0', '7.6'])('the first line of the log says that it plays %s', async (generation) => {
  const server = await startServerProcess(bundles.server, { env: { COUCHBASE_GENERATION: generation } });
  expect(server.log[0]).toMatch(new RegExp(`plays Couchbase ${generation}$`, 'u'));
  await server.stop();
});

test('a port in use is named, with the way out', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  const result = await runNode([
    bundles.server,
    '--bind=127.0.0.1',
    '--kv-port=0',
    '--capi-port=0',
    `--mgmt-port=${port}`,
  ]);
  blocker.close();
  expect(result.code).toBe(74);
  expect(result.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(result.stderr).toContain('--mgmt-port');
});

test('flags win over the environment, which wins over the defaults', () => {
  expect(readServerOptions(['--kv-port=1'], { COUCHBASE_KV_PORT: '2', COUCHBASE_WARMUP_MS: '300' })).toEqual({
    bind: '0.0.0.0',
    kvPort: 1,
    mgmtPort: 8091,
    capiPort: 8092,
    startDelayMs: 0,
    warmupMs: 300,
    generation: '7.6',
    dataDir: undefined,
  });
});

test.each([
  [['--kv-port=70000'], {}, '--kv-port must be a whole number from 0 to 65535, got "70000"'],
  [[], { COUCHBASE_WARMUP_MS: 'soon' }, 'COUCHBASE_WARMUP_MS must be a whole number from 0 to 600000, got "soon"'],
  [['--generation=5.0'], {}, '--generation must be 4.0 or 7.6, got "5.0"'],
  [[], { COUCHBASE_GENERATION: '4' }, 'COUCHBASE_GENERATION must be 4.0 or 7.6, got "4"'],
  [['--nonsense'], {}, "Unknown option '--nonsense'"],
])('bad options %o %o', (argv, env, cause) => {
  expect(() => readServerOptions(argv, env)).toThrow(cause);
});
