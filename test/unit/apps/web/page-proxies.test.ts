import { existsSync } from 'node:fs';
import { connect } from 'couchbase';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startProxy, type UpgradeHabit } from './proxies.ts';
import { webStage, type Web, type WebStage } from './web-stage.ts';

/* The real page of the real web.cjs in a real browser, with a proxy between them. Rows are asked for once a minute: those shown are the last ones. */

const executablePath = '/usr/bin/chromium';

describe.skipIf(!existsSync(executablePath))('page behind proxies (skipped without Debian’s chromium)', () => {
  let stage: WebStage;
  let browser: Browser;
  let webs: Web[];
  let page: Page;

  beforeAll(async () => {
    stage = await webStage({ page: 'built' });
    const cluster = await connect(`couchbase://${stage.couchbase.address}`, {
      username: 'Administrator',
      password: 'Password1',
    });
    const documents = cluster.bucket('default').defaultCollection();
    for (let n = 10; n < 25; n++) {
      await documents.upsert(`2310000${n}:${n}`, { event_id: `2310000${n}`, event_name: `Event ${n}` });
    }
    await cluster.close();
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    webs = [];
    for (const instance of ['web@1', 'web@2'])
      webs.push(await stage.start({ ROWS_PERIOD_MS: '60000', INSTANCE: instance }));
    const quiet =
      '--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
    browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet.split(' ')],
    });
  });

  afterEach(() => page.close());

  afterAll(async () => {
    await browser.close();
    await stage.afterTest();
    await stage.afterAll();
  });

  const targets = (count: number): URL[] => webs.slice(0, count).map(({ url }) => new URL(url));
  const lines = () => page.locator('.rows li').allTextContents();
  const carrier = () => page.locator('.state').getAttribute('title');

  async function open(url: string): Promise<void> {
    page = await browser.newPage();
    await page.goto(url);
    await expect.poll(lines).toHaveLength(10);
    expect((await lines())[0]).toBe('231000024 : Event 24');
  }

  const refusing: [string, UpgradeHabit][] = [
    ['answers upgrades with 400', { kind: 'answers', status: 400 }],
    ['answers upgrades with 403', { kind: 'answers', status: 403 }],
    ['answers upgrades with 404', { kind: 'answers', status: 404 }],
    ['answers upgrades with 501', { kind: 'answers', status: 501 }],
    ['answers upgrades with 502', { kind: 'answers', status: 502 }],
    ['never answers upgrades', { kind: 'hangs' }],
    ['closes the connection', { kind: 'closes' }],
    ['resets the connection', { kind: 'resets' }],
    ['takes the upgrade out of the request', { kind: 'strips' }],
    ['accepts the upgrade and swallows what follows', { kind: 'swallows' }],
    ['passes a WebSocket one way', { kind: 'one-way' }],
  ];

  it.each(refusing)('gets its rows by long polling where a proxy %s', async (_, habit) => {
    const proxy = await startProxy(targets(1), habit);
    await open(proxy.url);
    expect(await page.getByText('Live').count()).toBe(1);
    await expect.poll(() => proxy.upgrades()).toBeGreaterThan(0);
    // What a silent upgrade breaks later: each heartbeat (3 s) is one long poll and one answer to it.
    const heartbeats = ['hangs', 'swallows', 'one-way'].includes(habit.kind) ? 3 : 0;
    const polls = proxy.polls();
    const handshakes = proxy.handshakes();
    await expect.poll(() => proxy.polls()).toBeGreaterThanOrEqual(polls + 2 * heartbeats);
    expect(await carrier()).toBe('by long polling');
    expect(proxy.handshakes()).toBe(handshakes);
    proxy.close();
  });

  it('gets its rows through a proxy that buffers answers and keeps no connection', async () => {
    const proxy = await startProxy(targets(1), { kind: 'answers', status: 400 }, { buffered: true });
    await open(proxy.url);
    expect(await carrier()).toBe('by long polling');
    proxy.close();
  });

  it('takes the WebSocket where there is one', async () => {
    const proxy = await startProxy(targets(1), { kind: 'passes' });
    await open(proxy.url);
    await expect.poll(carrier).toBe('by WebSocket');
    proxy.close();
  });

  it('gives up WebSockets that a proxy cuts, and stays with long polling', async () => {
    const proxy = await startProxy(targets(1), { kind: 'cuts', afterMs: 500 });
    await open(proxy.url);
    await expect.poll(() => proxy.upgrades()).toBe(2);
    await expect.poll(carrier).toBe('by long polling');
    expect(await page.getByText('Live').count()).toBe(1);
    expect(proxy.upgrades()).toBe(2);
    proxy.close();
  });

  it('finds a WebSocket behind a balancer that sends each request to another instance', async () => {
    const proxy = await startProxy(targets(2), { kind: 'passes' });
    page = await browser.newPage();
    await page.goto(proxy.url);
    await expect.poll(carrier).toBe('by WebSocket');
    await expect.poll(lines).toHaveLength(10);
    proxy.close();
  });

  it('says that nothing is reached, and goes on trying', async () => {
    let reachable = false;
    const refuses = (path: string) => !reachable && path.startsWith('/socket.io/');
    const proxy = await startProxy(targets(1), { kind: 'passes' }, { refuses });
    page = await browser.newPage();
    await page.goto(proxy.url);
    await page.getByText('Not reached, trying again').waitFor();
    reachable = true;
    await page.getByText('Live').waitFor();
    proxy.close();
  });
});
