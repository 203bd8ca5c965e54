import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readPageFiles } from '#dashboard/server/page-files.ts';
import type { GuideNow } from '#dashboard/server/protocol.ts';
import type { Dashboard, Deeds, GuideBeside } from '#dashboard/server/serve.ts';
import type { Storyteller } from '#dashboard/server/storyteller.ts';
import { accessibilityProblems } from '../apps/couchbase/support/console-stage.ts';
import { pageStage, type PageStage } from './page-stage.ts';
import { storyServer } from './story-server.ts';

/* The page over a story that the test tells: what a lab does while somebody looks on. */

const soon = { timeout: 30_000 };
let stage: PageStage;
let dashboard: Dashboard;
let teller: Storyteller;
let page: Page;
const done: string[] = [];
const doing: Deeds = {
  expect: (machine, kind) => Promise.resolve([`${machine} is gone soon`, `that is what ${kind} does`]),
  perform: (machine, kind) => {
    if (kind === 'cut') return Promise.reject(new Error('a scenario runs'));
    done.push(`${kind} ${machine}`);
    return Promise.resolve();
  },
  startScenario: (name) => {
    done.push(`scenario ${name}`);
    teller.tell({ type: 'run', data: { scenario: name, parameters: {} } });
  },
  endScenario: async () => teller.tell({ type: 'verdict', data: { verdict: 'unknown' } }),
};
const step: GuideNow = {
  guide: 'The chapter',
  number: 2,
  of: 12,
  title: 'Couchbase and its sidekick',
  goal: 'One database.',
  type: ['fleetctl start couchbase@1'],
  done: false,
};
const followers = new Set<(guide: GuideNow | null) => void>();
const guide: GuideBeside = {
  now: () => step,
  check: () => Promise.resolve([{ text: 'couchbase@1 runs', missing: 'it is still pulling' }]),
  listen: (listener) => {
    followers.add(listener);
    return () => followers.delete(listener);
  },
};

beforeAll(async () => {
  stage = await pageStage();
}, 120_000);
beforeEach(async () => {
  ({ dashboard, teller } = await storyServer(doing, await readPageFiles(stage.pageDir), guide));
  labUp();
  page = await stage.browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(dashboard.url);
  await page.getByRole('heading', { level: 1, name: 'lab test' }).waitFor(soon);
});
afterEach(async () => {
  await page.close();
  teller.end();
  await dashboard.close();
});
afterAll(() => stage.end());

function labUp(): void {
  teller.tell({ type: 'lab', data: { name: 'test', state: 'up' } });
  for (const name of ['core-01', 'core-02']) {
    const facts = {
      machine: name,
      address: '172.17.8.101',
      state: 'running',
      etcd: 'follower',
      engine: false,
    } as const;
    teller.tell({ type: 'machine', data: facts });
    teller.tell({ type: 'machine-present', data: { machine: name } });
  }
}

const machine = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

it('follows the lab, and looks back without losing what comes', async () => {
  teller.tell({ type: 'unit-state', data: { unit: 'web@1.service', machine: 'core-01', state: 'active/running' } });
  await machine('core-01').locator('.unit', { hasText: 'web@1' }).waitFor(soon);
  teller.tell({ type: 'key-set', data: { key: '/services/couchbase/1', value: '10.1.1.2', old: null } });
  const lease = { leftMs: 600_000, grantedMs: 600_000 };
  teller.tell({
    type: 'leases-left',
    data: { keys: { '/services/couchbase/1': lease }, presence: { 'core-02': lease } },
  });
  await page.getByRole('row', { name: /^couchbase\/1 10\.1\.1\.2 \d{3} s$/ }).waitFor(soon);
  // Looking back: the lab goes on, and the page stays where it is.
  await page
    .getByRole('list', { name: 'Events, newest first' })
    .getByRole('button', { name: /couchbase\/1 = / })
    .click();
  teller.tell({ type: 'machine-gone', data: { machine: 'core-02' } });
  await page.getByRole('button', { name: 'Next event' }).and(page.locator(':enabled')).waitFor(soon);
  expect(await machine('core-02').getByText("not in fleet's list").count()).toBe(0);
  await page.getByRole('button', { name: 'Back to now' }).click();
  await machine('core-02').getByText("not in fleet's list").waitFor(soon);
});

it('says that the lab is destroyed, and goes on at the next lab up', async () => {
  teller.tell({ type: 'unit-state', data: { unit: 'web@1.service', machine: 'core-01', state: 'active/running' } });
  teller.tell({ type: 'lab', data: { name: 'test', state: 'gone' } });
  await page
    .getByRole('alert')
    .filter({ hasText: 'Lab test is destroyed. This page goes on at the next lab up.' })
    .waitFor(soon);
  await machine('core-01').getByText('absent').waitFor(soon);
  expect(await page.locator('.unit').count()).toBe(0);
  labUp();
  await machine('core-01').getByText('running', { exact: true }).waitFor(soon);
  await expect.poll(() => page.getByRole('alert').count(), soon).toBe(0);
});

it('says what to expect before anything is done to a machine, by keyboard alone', async () => {
  await page.getByRole('button', { name: 'Do something to core-02' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'core-02 is running' });
  await dialog.getByRole('button', { name: 'Pull the cord', exact: true }).press('Enter');
  await dialog.getByText('core-02 is gone soon').waitFor(soon);
  await dialog.getByRole('button', { name: 'Pull the cord: core-02' }).press('Enter');
  await dialog.getByRole('alert').filter({ hasText: 'a scenario runs' }).waitFor(soon);
  await dialog.getByRole('button', { name: 'Halt', exact: true }).press('Enter');
  await dialog.getByText('that is what halt does').waitFor(soon);
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(done).toEqual([]);
  await dialog.getByRole('button', { name: 'Halt: core-02' }).press('Enter');
  await dialog.waitFor({ state: 'detached', ...soon });
  expect(done.splice(0)).toEqual(['halt core-02']);
});

it('starts a scenario, shows how far it is, and ends it', async () => {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('scenario failover', { exact: true }).waitFor(soon);
  expect(done.splice(0)).toEqual(['scenario failover']);
  teller.tell({ type: 'phase', data: { name: 'halt core-01' } });
  await page.getByText('scenario failover: halt core-01').waitFor(soon);
  await page.getByRole('button', { name: 'End it' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor(soon);
});

it("shows the guide's step, its check, and the next one", async () => {
  const panel = page.getByRole('region', { name: 'The chapter' });
  await panel.getByText('fleetctl start couchbase@1').waitFor(soon);
  await panel.getByRole('button', { name: 'Check this step' }).click();
  await panel.getByText('it is still pulling').waitFor(soon);
  for (const tell of followers) tell({ ...step, number: 3, title: 'Sessions', done: true });
  await panel.getByText('step 3 of 12').waitFor(soon);
  await panel.getByText('done', { exact: true }).waitFor(soon);
  expect(await panel.getByText('it is still pulling').count()).toBe(0);
});

it('says when the dashboard itself is gone', async () => {
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor(soon);
  await dashboard.close();
  await page.getByRole('status').filter({ hasText: 'The dashboard does not answer' }).waitFor(soon);
});
