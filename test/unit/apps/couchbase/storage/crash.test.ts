import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { dataDirectory } from '../support/data-directory.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { createBucket, setUp } from '../support/set-up.ts';
import { AcknowledgedLoad } from './acknowledged-load.ts';

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

/** Another seed is another order of writes and kills: SEED=7 npx vitest ... */
const seed = Number(process.env['SEED'] ?? 1);

async function start(dataDir: string): Promise<ServerProcess> {
  const server = await startServerProcess(bundles.server, { env: { COUCHBASE_DATA_DIR: dataDir } });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  return server;
}

test('what was acknowledged is there after kill -9, time and again', async () => {
  const dataDir = dataDirectory();
  const random = seededRandom(seed);
  const load = new AcknowledgedLoad(seed, 3000);
  let server = await start(dataDir);
  await setUp(server.ports.mgmt, 400);
  await createBucket(server.ports.mgmt, 'default');
  for (let round = 0; round < 10; round++) {
    const before = load.writes;
    const loaded = load.run(server.ports.kv, 3);
    // Not before there is something to lose, and not at the same moment each time.
    while (load.writes < before + 200) await passed(5);
    await passed(random.integer(0, 100));
    await server.stop('SIGKILL');
    await loaded;
    server = await start(dataDir);
    await load.verify(server.ports.kv);
  }
  expect(load.writes).toBeGreaterThan(2000);
});

test('the log is written anew during load, and kill -9 in the midst of it loses nothing', async () => {
  const dataDir = dataDirectory();
  const load = new AcknowledgedLoad(seed, 100_000);
  const files = () => readdirSync(dataDir, { recursive: true }).map(String);
  let server = await start(dataDir);
  await setUp(server.ports.mgmt, 400);
  await createBucket(server.ports.mgmt, 'default');
  for (const sign of ['.draft', '.snapshot']) {
    const isThere = () => files().some((name) => name.startsWith(join('buckets', '')) && name.endsWith(sign));
    const before = load.writes;
    const loaded = load.run(server.ports.kv, 3);
    while (load.writes === before) await passed(2);
    const deadline = Date.now() + 40_000;
    while (!isThere() && Date.now() < deadline) await passed(2);
    // A draft is there for some milliseconds only: if none was met, the snapshot that it became.
    await server.stop('SIGKILL');
    await loaded;
    server = await start(dataDir);
    await load.verify(server.ports.kv);
  }
  expect(files().some((name) => name.endsWith('.snapshot'))).toBe(true);
});
