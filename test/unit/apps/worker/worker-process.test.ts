import { connect } from 'couchbase';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { rsvpAt } from '#apps/meetup/src/rsvp.ts';
import { startStreamServer, type StreamServer } from '#apps/meetup/src/stream-server.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import { realEtcd, type RealEtcd } from '../../platform/etcd/real-etcd.ts';
import { startApp, type AppProcess } from '../support/app-process.ts';
import { bundleApp } from '../support/bundle-app.ts';
import { readyCouchbase, type RealService } from '../support/real-services.ts';

let etcd: RealEtcd;
let image: Awaited<ReturnType<typeof bundleApp>>;
let stream: StreamServer;
let couchbase: RealService;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  [etcd, image, couchbase] = await Promise.all([realEtcd(), bundleApp('worker'), readyCouchbase()]);
  const options = { host: '127.0.0.1', port: 0, rate: 100, seed: 5, startIndex: 0, pingMs: 100, deadMs: 2000 };
  stream = await startStreamServer(options);
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await store().deletePrefix('/services/');
});

afterAll(async () => {
  await opened?.close();
  await stream.close();
  await couchbase.stop();
  await etcd.stop();
  await image.remove();
});

let opened: ReturnType<typeof openEtcd> | undefined;
function store() {
  return (opened ??= openEtcd({ endpoints: etcd.endpoints }));
}

function start(env: Record<string, string> = {}): AppProcess {
  const worker = startApp(image.entry, {
    ETCD_ENDPOINTS: etcd.endpoints.join(','),
    RSVP_URL: `ws://127.0.0.1:${stream.port}/2/rsvps`,
    SUMMARY_MS: '200',
    ...env,
  });
  cleanups.push(() => worker.kill());
  return worker;
}

it('stores the stream’s events in the Couchbase it found in etcd', async () => {
  await store().put('/services/couchbase/1', couchbase.address);
  const worker = start();
  const [, connection] = await worker.printed(/^current connection: (.*)$/m);
  expect(connection).toBe(`couchbase://${couchbase.address}`);
  await worker.printed(/^rsvps: stored [1-9]\d*, failed 0, dropped 0, skipped 0, waiting \d+$/m);
  await worker.kill('SIGTERM');
  const stored = Number(/stored (\d+)(?![\s\S]*stored)/.exec(worker.output())?.[1]);
  const cluster = await connect(`couchbase://${couchbase.address}`, {
    username: 'Administrator',
    password: 'Password1',
  });
  cleanups.push(() => cluster.close());
  const collection = cluster.bucket('default').defaultCollection();
  let found = 0;
  for (let index = 0; index < 1000 && found < stored; index++) {
    const rsvp = rsvpAt(5, index);
    const result = await collection.get(`${rsvp.event.event_id}:${rsvp.rsvp_id}`).catch(() => undefined);
    if (!result) continue;
    expect(result.content).toEqual(rsvp.event);
    found += 1;
  }
  expect(stored).toBeGreaterThan(0);
  expect(found).toBe(stored);
  expect(stream.report()).toMatchObject({ now: 0, max: 1, refused: 0 });
});

it('waits for a Couchbase that is announced a moment later', async () => {
  const worker = start();
  await worker.printed(/waiting up to 10000 ms for a key under \/services\/couchbase/);
  await store().put('/services/couchbase/1', couchbase.address);
  await worker.printed(/^current connection: /m);
  await worker.printed(/stored [1-9]/);
});

it('ends with a clear line and not 0 when there is no Couchbase', async () => {
  const worker = start({ WAIT_MS: '300' });
  expect(await worker.exited).toBe(68);
  expect(worker.output()).toContain('no Couchbase found: etcd has no key under /services/couchbase');
});

it('ends with a clear line when the announced Couchbase does not answer', async () => {
  await store().put('/services/couchbase/1', '127.0.0.1:1');
  const worker = start({ WAIT_MS: '800' });
  expect(await worker.exited).toBe(75);
  expect(worker.output()).toMatch(/no answer from bucket "default" at couchbase:\/\/127\.0\.0\.1:1 within 800 ms/);
});

it('restarts on a set but not on a refresh or an expiry', async () => {
  const lease = await store().grant(60);
  cleanups.push(() => lease.revoke());
  await store().put('/services/couchbase/1', couchbase.address, lease.id);
  const worker = start();
  await worker.printed(/stored [1-9]/);
  await store().keepAliveOnce(lease.id);
  await store().put('/services/other/1', 'elsewhere');
  await store().delete('/services/couchbase/1');
  const lines = worker.output().split('\n').length;
  await expect.poll(() => worker.output().split('\n').length).toBeGreaterThan(lines + 2);
  expect(worker.output()).not.toContain('new connection');
  await store().put('/services/couchbase/1', couchbase.address);
  expect(await worker.exited).toBe(0);
  expect(worker.output()).toContain(`new connection: couchbase://${couchbase.address}; restarting`);
});

it('restarts at once when the place changes while it still dials a dead one', async () => {
  await store().put('/services/couchbase/1', '127.0.0.1:1');
  const worker = start({ WAIT_MS: '60000' });
  await worker.printed(/^current connection: couchbase:\/\/127\.0\.0\.1:1$/m);
  await store().put('/services/couchbase/1', couchbase.address);
  expect(await worker.exited).toBe(0);
});
