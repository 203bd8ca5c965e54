import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveRun, type Served } from '#dashboard/serve-dashboard.ts';
import { accessibilityProblems } from '../apps/couchbase/support/console-stage.ts';
import { failoverEvents, failoverReport } from '../scenarios/harness/report/recorded-run.ts';
import { event } from '../scenarios/recorded.ts';
import { pageStage, type PageStage } from './page-stage.ts';

/* A recorded failover (core-03 cut at 1.14 s, Couchbase moves to core-01) in a real browser. */

const soon = { timeout: 30_000 };
const dir = mkdtempSync(join(tmpdir(), 'dashboard-run-'));
let stage: PageStage;
let served: Served;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  stage = await pageStage();
  // As a run of today has them, too.
  const ttls = ['couchbase-sidekick@1', 'memcached-sidekick@1'].map((name) =>
    event(0, 'key-ttl', { unit: `${name}.service`, ttlMs: 8_000 }),
  );
  const events = [...failoverEvents.slice(0, 1), ...ttls, ...failoverEvents.slice(1)];
  writeFileSync(join(dir, 'events.ndjson'), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
  writeFileSync(join(dir, 'report.json'), JSON.stringify(failoverReport({ runDir: dir })));
  served = await serveRun({ place: { scenario: 'failover', time: 'latest', dir }, port: 0, pageDir: stage.pageDir });
}, 120_000);
afterEach(async () => {
  await page.close();
  expect(problems.splice(0)).toEqual([]);
});
afterAll(async () => {
  await served.close();
  await stage.end();
  rmSync(dir, { recursive: true });
});

async function open(width = 1440, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  page = await stage.browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/u.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(served.url) && !request.url().startsWith('data:'))
      problems.push(`asked for ${request.url()}`);
  });
  await page.goto(served.url);
  await page.getByRole('heading', { level: 1, name: 'failover/latest' }).waitFor(soon);
}

const slider = () => page.getByRole('slider', { name: 'Moment' });
const machine = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
const unitOn = (name: string, unit: string) => machine(name).locator('.unit', { hasText: unit });
const key = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) });

describe('time travel', () => {
  it('begins at the fault, and every panel shows the moment that the slider is dragged to', async () => {
    await open();
    await machine('core-03').getByText('cut off power').waitFor(soon);
    await unitOn('core-03', 'couchbase@1').waitFor(soon);
    await expect.poll(() => slider().getAttribute('aria-valuetext'), soon).toBe('1.14 s');
    expect(await page.locator('svg.arrows > path').count()).toBeGreaterThan(0);

    const track = await slider().boundingBox();
    if (track === null) throw new Error('the slider has no place');
    const middle = track.y + track.height / 2;
    await page.mouse.move(track.x + 10, middle);
    await page.mouse.down();
    await page.mouse.move(track.x + track.width / 2, middle, { steps: 4 });
    await page.mouse.up();
    const [, seconds = '0'] = /^([\d.]+) s$/.exec((await slider().getAttribute('aria-valuetext')) ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(15);
    expect(Number(seconds)).toBeLessThan(28);
    // Its key, its home and what it said of the place that web@1 lost.
    await unitOn('core-01', 'couchbase@1').waitFor(soon);
    expect(await unitOn('core-03', 'couchbase@1').count()).toBe(0);
    await page.getByRole('heading', { name: 'No machine for' }).waitFor(soon);
    expect(
      await page.getByRole('list', { name: 'Decisions, newest first' }).getByRole('listitem').first().textContent(),
    ).toContain('web@1 core-03 → no machine');

    await slider().focus();
    await page.keyboard.press('End');
    await machine('core-03').getByText('running', { exact: true }).waitFor(soon);
    await page.getByText('pass', { exact: true }).waitFor(soon);
    await page.keyboard.press('Home');
    await expect.poll(() => slider().getAttribute('aria-valuetext'), soon).toBe('0.00 s');
  });

  it('goes from event to event, to an event of the list, and plays', async () => {
    await open();
    await page.getByRole('button', { name: 'Next event' }).click();
    await expect.poll(() => slider().getAttribute('aria-valuetext'), soon).not.toBe('1.14 s');
    await page
      .getByRole('list', { name: 'Events, newest first' })
      .getByRole('button', { name: /fault: cut core-03/ })
      .click();
    await expect.poll(() => slider().getAttribute('aria-valuetext'), soon).toBe('1.14 s');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect
      .poll(async () => Number.parseFloat((await slider().getAttribute('aria-valuetext')) ?? '0'), soon)
      .toBeGreaterThan(1.5);
    await page.getByRole('button', { name: 'Pause' }).click();
  });

  it("shows how long the keys of a machine that was cut can live on, by their units' TTL", async () => {
    await open();
    await key('couchbase/1').getByText('at most 8 s').waitFor(soon);
    const memcached = await page.getByRole('row', { name: /^memcached\// }).allTextContents();
    expect(memcached.some((text) => text.includes('renewed'))).toBe(true);
  });
});

describe.each([
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)('%s px, %s', (width, colorScheme) => {
  it('nothing sticks out, and axe finds nothing', async () => {
    await open(width, colorScheme);
    await slider().press('End');
    await machine('core-03').getByText('running', { exact: true }).waitFor(soon);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect({ overflow, problems: await accessibilityProblems(page) }).toEqual({ overflow: 0, problems: [] });
  });
});
