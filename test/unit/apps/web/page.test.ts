import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Server } from 'socket.io';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/*
 * The built page in a real browser, against a Socket.IO server that says what web.cjs says (the process test proves that it says it):
 * so every state of the page can be had without waiting for one.
 */

const executablePath = '/usr/bin/chromium';
const root = join(import.meta.dirname, '../../../../apps/web');
const rows = (from: number) =>
  Array.from({ length: 10 }, (_, i) => ({
    key: String(231_000_100 + from - i),
    value: `Distributed Systems Beginners’ Night in San Francisco ${from - i}`,
    id: `${231_000_100 + from - i}:1`,
  }));

describe.skipIf(!existsSync(executablePath))('page (skipped without Debian’s chromium)', () => {
  let dist: string;
  let http: HttpServer;
  let io: Server;
  let browser: Browser;
  let url: string;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'lab-page-'));
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: dist, emptyOutDir: false },
    });
    const app = express();
    app.get('/session', (_request, response) => void response.json({ visits: 4 }));
    app.use(express.static(dist));
    http = createServer(app).listen(0, '127.0.0.1');
    io = new Server(http);
    io.on('connection', (socket) => {
      socket.emit('hello', {
        instance: 'web@1',
        machine: 'core-01',
        startedAt: 0,
        periodMs: 1000,
        couchbase: 'couchbase://10.1.1.2',
        memcached: ['10.1.35.2:11211', '10.1.36.2:11211'],
      });
    });
    await new Promise((resolve) => http.once('listening', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const quiet =
      '--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
    const args = ['--headless', '--no-sandbox', '--disable-gpu', ...quiet.split(' ')];
    browser = await chromium.launch({ executablePath, args });
  });

  afterEach(async () => {
    await page.close();
    expect(errors.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await io.close();
    await rm(dist, { recursive: true, force: true });
  });

  async function open(width = 1440, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    page.on('pageerror', (error) => void errors.push(error.message));
    await page.goto(url);
    await page.getByText('Live').waitFor();
  }

  const lines = () => page.locator('.rows li').allTextContents();

  it('shows key : value lines, who serves it, and this visitor’s visits', async () => {
    await open();
    expect(await page.getByText('Waiting for the first rows').count()).toBe(1);
    io.emit('message', rows(20));
    io.emit('counts', { documents: 1234, ageMs: 0 });
    await expect.poll(lines).toHaveLength(10);
    expect((await lines())[0]).toBe('231000120 : Distributed Systems Beginners’ Night in San Francisco 20');
    const facts = await page.locator('.facts').innerText();
    expect(facts).toMatch(/web@1 on core-01[\s\S]*1,234[\s\S]*4/);
    expect(await page.locator('footer').innerText()).toContain('10.1.35.2:11211, 10.1.36.2:11211');
  });

  it('runs the progress bar on every message, and lights up only what is new', async () => {
    await open();
    io.emit('message', rows(20));
    await page.locator('#nprogress .bar').waitFor({ state: 'attached' });
    await page.locator('#nprogress').waitFor({ state: 'detached' });
    expect(await page.locator('.rows .fresh').count()).toBe(0);
    io.emit('message', rows(23));
    await page.locator('#nprogress .bar').waitFor({ state: 'attached' });
    await expect.poll(() => page.locator('.rows .fresh').count()).toBe(3);
    expect((await lines())[0]).toContain('231000123 : ');
  });

  it('counts the seconds since the last update and marks an old one', async () => {
    await open();
    io.emit('message', []);
    io.emit('counts', { documents: 0, ageMs: 65_000 });
    await expect
      .poll(() => page.locator('.facts .stale').allTextContents())
      .toEqual([expect.stringMatching(/^6\d s ago$/)]);
    expect(await page.getByText('No RSVP is stored yet.').count()).toBe(1);
  });

  it('says when its server is gone, keeps the rows, and comes back by itself', async () => {
    await open();
    io.emit('message', rows(20));
    await expect.poll(lines).toHaveLength(10);
    for (const socket of io.sockets.sockets.values()) socket.conn.close();
    await page.getByText('Reconnecting').waitFor();
    expect(await lines()).toHaveLength(10);
    await page.getByText('Live').waitFor();
  });

  it('comes back even when the server sent it away', async () => {
    await open();
    const back = new Promise((resolve) => io.once('connection', resolve));
    io.disconnectSockets();
    await back;
    await page.getByText('Live').waitFor();
    io.emit('message', rows(20));
    await expect.poll(lines).toHaveLength(10);
  });

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits %s px, %s, with readable contrast', async (width, scheme) => {
    await open(width, scheme);
    io.emit('message', rows(20));
    await expect.poll(lines).toHaveLength(10);
    const measured = await page.evaluate(() => {
      const luminance = (color: string) => {
        const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
          const channel = Number(part) / 255;
          return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const list = document.querySelector('.rows');
      const contrast = (selector: string, ground: Element | null) => {
        const element = document.querySelector(selector);
        if (!element || !ground) return 0;
        const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(luminance).sort();
        return ((pair[1] ?? 0) + 0.05) / ((pair[0] ?? 0) + 0.05);
      };
      return {
        overflow: document.documentElement.scrollWidth > window.innerWidth,
        contrasts: [contrast('.value', list), contrast('.key', list), contrast('dt', document.body)],
      };
    });
    expect(measured.overflow).toBe(false);
    // WCAG 2.2, success criterion 1.4.3.
    for (const contrast of measured.contrasts) expect(contrast).toBeGreaterThanOrEqual(4.5);
    const folder = process.env['PAGE_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${scheme}-${width}.png`) });
  });
});
