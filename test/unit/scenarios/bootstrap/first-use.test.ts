import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers, isHealthy, watchBucket } from '#scenarios/bootstrap/bucket-watch.ts';
import { startFirstUse } from '#scenarios/bootstrap/first-use/first-use-process.ts';
import { type Bundles, bundle } from '../../apps/couchbase/support/bundles.ts';
import { runNode } from '../../apps/couchbase/support/process.ts';
import { startServerProcess } from '../../apps/couchbase/support/server-process.ts';

/* The client as it is shipped, against the embedded server as the image has it; initialised by couchbase-cli as the units do it. */

const root = join(import.meta.dirname, '../../../..');
let dir: string;
let client: string;
let programs: Bundles;

beforeAll(async () => {
  // Below the repository, so that the SDK is found as from dist/.
  dir = await mkdtemp(join(root, 'node_modules/.first-use-'));
  client = join(dir, 'first-use.mjs');
  await build({
    entryPoints: [join(root, 'scenarios/bootstrap/first-use/main.ts')],
    outfile: client,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
  });
  programs = await bundle();
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await programs.remove();
});

it('writes and reads a row while the bucket still warms up, and the watch sees it ready in between', async () => {
  const server = await startServerProcess(programs.server, { env: { COUCHBASE_WARMUP_MS: '700' } });
  const use = await startFirstUse(client, 90_000);
  try {
    const node = `127.0.0.1:${server.ports.mgmt}`;
    expect(await answers(`http://${node}`)).toBe(true);
    const cli = (...args: string[]) => runNode([programs.cli, ...args]);
    const admin = ['--cluster-username=Administrator', '--cluster-password=Password1'];
    await cli('cluster-init', '-c', node, ...admin, '--services=data,index,query', '--cluster-ramsize=500');
    const watch = watchBucket(`http://${node}`);
    expect(watch.readyMs).toBeUndefined();
    const access = ['-u', 'Administrator', '-p', 'Password1'];
    const made = await cli('bucket-create', '-c', node, ...access, '--bucket=default', '--bucket-ramsize=500');
    expect(made.stdout).toContain('SUCCESS');
    const seen = await use.use(`couchbase://127.0.0.1:${server.ports.kv}`);
    expect(seen.connected).toBeLessThanOrEqual(seen.written);
    expect(seen.written).toBeLessThanOrEqual(seen.row);
    await expect.poll(() => watch.readyMs).toBeDefined();
    watch.stop();
  } finally {
    use.stop();
    await server.stop('SIGKILL');
  }
});

it('says so when nobody answers in time', async () => {
  const silent = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const use = await startFirstUse(client, 100);
  try {
    await expect(use.use(`couchbase://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'timeout.couchbase' });
  } finally {
    use.stop();
    silent.close();
  }
});

it('says so when the client’s process is gone', async () => {
  const use = await startFirstUse(client, 1_000);
  use.stop();
  await expect(use.use('couchbase://127.0.0.1')).rejects.toMatchObject({ code: 'command.first-use' });
});

it.each([
  [undefined, false],
  [{}, false],
  [{ nodes: [] }, false],
  [{ nodes: [{ status: 'warmup' }] }, false],
  [{ nodes: [{ status: 'healthy' }, { status: 'warmup' }] }, false],
  [{ nodes: [{ status: 'healthy' }] }, true],
])('bucket %j is healthy: %s', (bucket, healthy) => {
  expect(isHealthy(bucket)).toBe(healthy);
});
