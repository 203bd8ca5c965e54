import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundle, type Bundles } from '#test/unit/apps/couchbase/support/bundles.ts';
import { administrator, ask } from '#test/unit/apps/couchbase/support/rest.ts';
import { startServerProcess, type ServerProcess } from '#test/unit/apps/couchbase/support/server-process.ts';
import { buildSdk2 } from './build-sdk-2.ts';

/*
 * The book's own SDK, couchbase 2.6.12, against the embedded server. It is compiled the first time, hence here and not among the unit tests,
 * which replay what it says (test/unit/apps/couchbase/kv/sdk-2-transcript.test.ts). No machines are needed.
 */
vi.setConfig({ hookTimeout: 20 * 60_000, testTimeout: 120_000 });

let sdk: Awaited<ReturnType<typeof buildSdk2>>;
let bundles: Bundles;
beforeAll(async () => {
  sdk = await buildSdk2();
  bundles = await bundle();
});
afterAll(() => bundles.remove());

const worked = {
  open: 'done',
  flush: 'done',
  upsert: 'done',
  get: { event_id: '7', member: 'Ann' },
  'get missing': 13,
  'insert again': 12,
  'replace with another CAS': 12,
  counter: 5,
  append: 'done',
  appended: 51,
  touch: 'done',
  remove: 'done',
  design: 'done',
  designs: ['rsvps'],
  view: [{ id: 'rsvp-1', key: '7', value: 'Ann' }],
  'no view': expect.anything() as unknown,
  'drop design': 'done',
};

describe.each(['4.0', '7.6'])('a server that plays %s', (generation) => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServerProcess(bundles.server, { env: { COUCHBASE_GENERATION: generation } });
    const post = (path: string, form: Record<string, string>) =>
      ask(server.ports.mgmt, 'POST', path, { form, auth: administrator });
    const who = { username: 'Administrator', password: 'Password1' };
    await post('/clusterInit', { services: 'kv', port: 'SAME', memoryQuota: '500', ...who });
    // As couchbase-cli of 4.0 makes one.
    const made = {
      bucketType: 'couchbase',
      authType: 'sasl',
      proxyPort: '11211',
      ramQuotaMB: '200',
      flushEnabled: '1',
    };
    expect((await post('/pools/default/buckets', { name: 'default', ...made })).status).toBe(202);
  });
  afterAll(() => server.stop());

  const run = async (...args: string[]): Promise<unknown> => {
    const script = join(import.meta.dirname, 'sdk-script.ts');
    const dir = 'dir' in sdk ? sdk.dir : '';
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', script, dir, ...args], { timeout: 60_000 });
    return JSON.parse(stdout) as unknown;
  };

  test('opens a bucket without a password, by key-value and by the streamed configuration of 8091', async ({
    skip,
  }) => {
    if ('reason' in sdk) return skip(sdk.reason);
    expect(await run(`couchbase://127.0.0.1:${server.ports.kv}`)).toEqual(worked);
    expect(await run(`http://127.0.0.1:${server.ports.mgmt}`)).toEqual(worked);
  });

  test('signs a user in', async ({ skip }) => {
    if ('reason' in sdk) return skip(sdk.reason);
    expect(await run(`couchbase://127.0.0.1:${server.ports.kv}`, 'Administrator', 'Password1')).toEqual(worked);
    expect(await run(`couchbase://127.0.0.1:${server.ports.kv}`, 'Administrator', 'Password2')).toEqual({
      open: 2,
    });
  });

  test('a bucket with a password wants it', async ({ skip }) => {
    if ('reason' in sdk) return skip(sdk.reason);
    const path = '/pools/default/buckets/default';
    await ask(server.ports.mgmt, 'POST', path, { form: { saslPassword: 'open sesame' }, auth: administrator });
    const connection = `couchbase://127.0.0.1:${server.ports.kv}`;
    expect(await run(connection)).toEqual({ open: 2 });
    expect(await run(connection, '', '', 'open sesame')).toEqual(worked);
    expect(await run(`http://127.0.0.1:${server.ports.mgmt}`, '', '', 'open sesame')).toEqual(worked);
  });
});
