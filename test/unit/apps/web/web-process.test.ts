import { connect } from 'couchbase';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '#test/support/free-ports.ts';
import { readyCouchbase } from '../support/real-services.ts';
import { health, heard, webStage, type WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await webStage();
});

afterEach(() => stage.afterTest());

afterAll(() => stage.afterAll());

type Row = { readonly key: string; readonly value: string; readonly id: string };

describe('rows', () => {
  it('sends the ten newest, descending, to every browser, from one timer', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const access = { username: 'Administrator', password: 'Password1' };
    const cluster = await connect(`couchbase://${stage.couchbase.address}`, access);
    stage.cleanup(() => cluster.close());
    const documents = cluster.bucket('default').defaultCollection();
    for (let n = 10; n < 25; n++) {
      await documents.upsert(`2310000${n}:${n}`, { event_id: `2310000${n}`, event_name: `Event ${n}` });
    }
    const web = await stage.start();
    await web.printed(
      new RegExp(
        `^current config: \\{ couchbase: 'couchbase://${stage.couchbase.address}', memcached: \\[ '${cache.address}' \\] \\}$`,
        'm',
      ),
    );
    const browsers = [stage.browse(web), stage.browse(web), stage.browse(web)];
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
    let told = 0;
    browsers[0]?.on('message', () => (told += 1));
    const counts = () =>
      new Promise<{ queries: number; documents: number; clients: number; told: number }>((resolve) =>
        browsers[0]?.once('counts', (sent: { queries: number; documents: number; clients: number }) =>
          resolve({ ...sent, told }),
        ),
      );
    const first = await counts();
    await expect.poll(() => told).toBeGreaterThan(first.told + 4);
    const second = await counts();
    expect(second).toMatchObject({ documents: 15, clients: 3 });
    // A query for each time that a browser is told; a timer for each browser would have asked three times as often.
    expect(second.queries - first.queries).toBeLessThanOrEqual(second.told - first.told + 1);
  });

  it('gives a late browser the last rows at once instead of after a period', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start({ ROWS_PERIOD_MS: '60000' });
    await heard(stage.browse(web), 'message');
    expect(await heard<Row[]>(stage.browse(web), 'message')).toBeInstanceOf(Array);
  });

  it('gives them at once by long polling, too', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start({ ROWS_PERIOD_MS: '60000' });
    await heard(stage.browse(web), 'message');
    const polling = stage.browse(web, ['polling']);
    expect(await heard<Row[]>(polling, 'message')).toBeInstanceOf(Array);
  });

  it('takes no more than 16 KiB in a polling body or a WebSocket message, and goes on', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    const path = `${web.url}/socket.io/?EIO=4&transport=polling`;
    const opened = /"sid":"([^"]+)"/.exec(await (await fetch(path)).text());
    const body = `4${'x'.repeat(17 * 1024)}`;
    expect((await fetch(`${path}&sid=${opened?.[1] ?? ''}`, { method: 'POST', body })).status).toBe(413);
    const large = stage.browse(web);
    await heard(large, 'connect');
    large.emit('anything', body);
    await heard(large, 'disconnect');
    await heard(stage.browse(web), 'message');
  });

  it('sees new rows, and makes the view again after Couchbase came back without its data', async () => {
    const cache = await stage.memcached();
    const [port] = await freePorts(1);
    const own = await readyCouchbase(port);
    await stage.announce([cache.address], own.address);
    const web = await stage.start();
    const socket = stage.browse(web);
    expect(await heard(socket, 'message')).toEqual([]);
    await own.stop();
    await web.printed(/^no rows from /m);
    const again = await readyCouchbase(port);
    stage.cleanup(() => again.stop());
    expect(await heard(socket, 'message')).toEqual([]);
  });
});

describe('health', () => {
  it('is 200 when all answer, 503 when the rows are stale', async () => {
    const cache = await stage.memcached();
    const own = await readyCouchbase();
    await stage.announce([cache.address], own.address);
    const web = await stage.start();
    await heard(stage.browse(web), 'message');
    await expect
      .poll(() => health(web))
      .toMatchObject({
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
    await expect.poll(async () => (await health(web)).status).toBe(503);
    expect((await fetch(web.url)).status).toBe(200);
  });
});

describe('configuration', () => {
  it('restarts once on a burst of sets, with the whole new picture in its log', async () => {
    const caches = await Promise.all([stage.memcached(), stage.memcached()]);
    await stage.announce([caches[0]?.address ?? '']);
    const web = await stage.start();
    await stage.announce(caches.map((cache) => cache.address));
    expect(await web.exited).toBe(0);
    expect(web.output().match(/^new config: /gm)).toHaveLength(1);
    expect(web.output()).toContain(`memcached: [ '${caches[0]?.address}', '${caches[1]?.address}' ]`);
  });

  it('does not restart on a refresh or when a key goes', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    await stage.store.delete('/services/memcached/1');
    const socket = stage.browse(web);
    for (let n = 0; n < 3; n++) await heard(socket, 'message');
    expect(web.output()).not.toContain('new config');
  });

  it('ends with a clear line and not 0 when nothing is announced', async () => {
    await stage.store.put('/services/couchbase/1', stage.couchbase.address);
    const web = stage.launch({ WAIT_MS: '300' });
    expect(await web.exited).toBe(68);
    expect(web.output()).toContain('waiting up to 300 ms for a key under /services/memcached');
    expect(web.output()).toContain('etcd has no key under /services/memcached');
  });
});
