import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Cluster } from 'couchbase';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../../../../apps/web/src/health.ts';
import { openEtcd } from '../../../../platform/etcd/open-etcd.ts';
import { realEtcd, type RealEtcd } from '../../platform/etcd/real-etcd.ts';
import { startApp, type AppProcess } from '../support/app-process.ts';
import { bundleApp } from '../support/bundle-app.ts';
import { freePort, readyCouchbase, realMemcached, type RealService } from '../support/real-services.ts';

let etcd: RealEtcd;
let image: Awaited<ReturnType<typeof bundleApp>>;
let couchbase: RealService;
let cluster: Cluster;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  [etcd, image, couchbase] = await Promise.all([realEtcd(), bundleApp('web'), readyCouchbase()]);
  await mkdir(join(image.app, 'page'));
  await writeFile(join(image.app, 'page/index.html'), '<!doctype html><title>Newest RSVPs</title>');
  await cp(join(image.app, 'page/index.html'), join(image.app, 'page/asset.txt'));
  const access = { username: 'Administrator', password: 'Password1' };
  cluster = await connect(`couchbase://${couchbase.address}`, access);
}, 30_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await store().deletePrefix('/services/');
});

afterAll(async () => {
  await opened?.close();
  await cluster.close();
  await couchbase.stop();
  await etcd.stop();
  await image.remove();
});

let opened: ReturnType<typeof openEtcd> | undefined;
function store() {
  return (opened ??= openEtcd({ endpoints: etcd.endpoints }));
}

async function memcached() {
  const server = await realMemcached();
  cleanups.push(() => server.stop());
  return server;
}

async function announce(memcachedAddresses: string[], couchbaseAddress = couchbase.address): Promise<void> {
  await store().put('/services/couchbase/1', couchbaseAddress);
  for (const [index, address] of memcachedAddresses.entries()) {
    await store().put(`/services/memcached/${index + 1}`, address);
  }
}

interface Web extends AppProcess {
  url: string;
}

async function start(env: Record<string, string> = {}): Promise<Web> {
  const web = startApp(image.entry, {
    ETCD_ENDPOINTS: etcd.endpoints.join(','),
    HOST: '127.0.0.1',
    PORT: '0',
    ROWS_PERIOD_MS: '200',
    INSTANCE: 'web@1',
    MACHINE: 'core-01',
    ...env,
  });
  cleanups.push(() => web.kill());
  const [, port] = await web.printed(/^listening on port (\d+)$/m);
  return { ...web, url: `http://127.0.0.1:${port}` };
}

function browse(web: Web): Socket {
  const socket = io(web.url, { transports: ['websocket'], reconnection: false });
  cleanups.push(() => socket.disconnect());
  return socket;
}

type Row = { key: string; value: string; id: string };
const heard = <T>(socket: Socket, event: string): Promise<T> =>
  new Promise((resolve) => socket.once(event, (value: T) => resolve(value)));

async function visit(web: Web, cookie = ''): Promise<{ status: number; cookie: string; visits: number; ms: number }> {
  const began = performance.now();
  const page = await fetch(web.url, { headers: { cookie } });
  const ms = performance.now() - began;
  expect(await page.text()).toContain('Newest RSVPs');
  const given = page.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  const session = await fetch(`${web.url}/session`, { headers: { cookie: given } });
  const { visits } = (await session.json()) as { visits: number };
  return { status: page.status, cookie: given, visits, ms };
}

async function health(web: Web): Promise<{ status: number; body: Health }> {
  const response = await fetch(`${web.url}/healthz`);
  return { status: response.status, body: (await response.json()) as Health };
}

describe('rows', () => {
  it('sends the ten newest, descending, to every browser, from one timer', async () => {
    const cache = await memcached();
    await announce([cache.address]);
    const documents = cluster.bucket('default').defaultCollection();
    for (let n = 10; n < 25; n++) {
      await documents.upsert(`2310000${n}:${n}`, { event_id: `2310000${n}`, event_name: `Event ${n}` });
    }
    const web = await start();
    await web.printed(
      new RegExp(
        `^current config: \\{ couchbase: 'couchbase://${couchbase.address}', memcached: \\[ '${cache.address}' \\] \\}$`,
        'm',
      ),
    );
    const browsers = [browse(web), browse(web), browse(web)];
    const hello = heard(browsers[0] as Socket, 'hello');
    const all = await Promise.all(browsers.map((socket) => heard<Row[]>(socket, 'message')));
    expect(await hello).toMatchObject({ instance: 'web@1', machine: 'core-01', memcached: [cache.address] });
    for (const rows of all) {
      expect(rows).toHaveLength(10);
      expect(rows[0]).toEqual({ key: '231000024', value: 'Event 24', id: '231000024:24' });
      expect(rows.map((row) => row.key)).toEqual(
        rows
          .map((row) => row.key)
          .sort()
          .reverse(),
      );
    }
    const counts = () =>
      heard<{ queries: number; documents: number; clients: number }>(browsers[0] as Socket, 'counts');
    const first = await counts();
    await heard(browsers[0] as Socket, 'message');
    const second = await counts();
    expect(second).toMatchObject({ documents: 15, clients: 3 });
    // Two periods at most lie between the two answers; a timer for each browser would have asked three times as often.
    expect(second.queries - first.queries).toBeLessThanOrEqual(2);
  });

  it('gives a late browser the last rows at once instead of after a period', async () => {
    const cache = await memcached();
    await announce([cache.address]);
    const web = await start({ ROWS_PERIOD_MS: '60000' });
    await heard(browse(web), 'message');
    expect(await heard<Row[]>(browse(web), 'message')).toBeInstanceOf(Array);
  });

  it('sees new rows, and makes the view again after Couchbase came back without its data', async () => {
    const cache = await memcached();
    const own = await readyCouchbase(await freePort());
    await announce([cache.address], own.address);
    const web = await start();
    const socket = browse(web);
    expect(await heard(socket, 'message')).toEqual([]);
    await own.stop();
    await web.printed(/^no rows from /m);
    const again = await readyCouchbase(Number(own.address.split(':')[1]));
    cleanups.push(() => again.stop());
    expect(await heard(socket, 'message')).toEqual([]);
  });
});

describe('sessions', () => {
  it('knows a visitor by a cookie, on whichever instance', async () => {
    const caches = await Promise.all([memcached(), memcached(), memcached()]);
    await announce(caches.map((cache) => cache.address));
    const [one, two] = await Promise.all([start(), start()]);
    const first = await visit(one);
    expect(first.cookie).toMatch(/^connect\.sid=/);
    expect(first.visits).toBe(1);
    expect(await visit(one, first.cookie)).toMatchObject({ visits: 2, cookie: first.cookie });
    expect(await visit(two, first.cookie)).toMatchObject({ visits: 3, cookie: first.cookie });
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('serves the page while memcached is dead (%s)', async (signal) => {
    const cache = await memcached();
    await announce([cache.address]);
    const web = await start();
    const before = await visit(web);
    expect(await visit(web, before.cookie)).toMatchObject({ visits: 2 });
    cache.signal(signal);
    for (let n = 0; n < 8; n++) {
      const during = await visit(web, before.cookie);
      expect(during.status).toBe(200);
      expect(during.cookie).not.toBe(before.cookie);
    }
    expect(await health(web)).toMatchObject({ status: 200, body: { memcached: [{ ok: false }] } });
    expect(web.output()).not.toMatch(/Error:/);
    if (signal === 'SIGKILL') return;
    // The same process comes back with the session it kept.
    cache.signal('SIGCONT');
    await expect.poll(async () => (await visit(web, before.cookie)).visits, { timeout: 10_000 }).toBeGreaterThan(2);
  });
});

describe('sessions with one of three servers dead', () => {
  it('moves a visitor who lost the session to a server that lives, and keeps the others where they are', async () => {
    const caches = await Promise.all([memcached(), memcached(), memcached()]);
    await announce(caches.map((cache) => cache.address));
    const web = await start();
    const visitors = await Promise.all(Array.from({ length: 12 }, () => visit(web)));
    await caches[0]?.stop();
    let moved = 0;
    for (const { cookie } of visitors) {
      const next = await visit(web, cookie);
      if (next.cookie !== cookie) moved += 1;
      expect(await visit(web, next.cookie)).toMatchObject({ cookie: next.cookie, visits: next.visits + 1 });
    }
    expect(moved).toBeLessThan(12);
  });
});

describe('health', () => {
  it('is 200 when all answer, 503 when the rows are stale', async () => {
    const cache = await memcached();
    const own = await readyCouchbase();
    await announce([cache.address], own.address);
    const web = await start();
    await heard(browse(web), 'message');
    expect(await health(web)).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        couchbase: { ok: true },
        memcached: [{ ok: true }],
        documents: 0,
        sessions: { failures: 0 },
      },
    });
    await own.stop();
    await expect.poll(async () => (await health(web)).status, { timeout: 10_000 }).toBe(503);
    expect((await fetch(web.url)).status).toBe(200);
  });
});

describe('configuration', () => {
  it('restarts once on a burst of sets, with the whole new picture in its log', async () => {
    const caches = await Promise.all([memcached(), memcached()]);
    await announce([caches[0]?.address ?? '']);
    const web = await start();
    await announce(caches.map((cache) => cache.address));
    expect(await web.exited).toBe(0);
    expect(web.output().match(/^new config: /gm)).toHaveLength(1);
    expect(web.output()).toContain(`memcached: [ '${caches[0]?.address}', '${caches[1]?.address}' ]`);
  });

  it('does not restart on a refresh or when a key goes', async () => {
    const cache = await memcached();
    await announce([cache.address]);
    const web = await start();
    await store().delete('/services/memcached/1');
    const socket = browse(web);
    for (let n = 0; n < 3; n++) await heard(socket, 'message');
    expect(web.output()).not.toContain('new config');
  });

  it('ends with a clear line and not 0 when nothing is announced', async () => {
    await store().put('/services/couchbase/1', couchbase.address);
    const web = startApp(image.entry, { ETCD_ENDPOINTS: etcd.endpoints.join(','), WAIT_MS: '300', PORT: '0' });
    expect(await web.exited).toBe(68);
    expect(web.output()).toContain('waiting up to 300 ms for a key under /services/memcached');
    expect(web.output()).toContain('etcd has no key under /services/memcached');
  });
});
