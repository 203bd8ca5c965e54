import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { consoleStage, goTo, signIn, type ConsoleStage } from '../support/console-stage.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { setUp } from '../support/set-up.ts';

/* The built console in a real browser, at a real server. */

const soon = { timeout: 30_000 };

let stage: ConsoleStage;
let server: Running;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  stage = await consoleStage();
});
afterAll(() => stage.end());
afterEach(async () => {
  await page.close();
  server.stop();
  expect(problems.splice(0)).toEqual([]);
});

async function open(initialise: boolean): Promise<void> {
  server = await startRunning({ initialise, pageDirectory: stage.page, viewsProgram: stage.views });
  page = await stage.browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${server.ports.mgmt}/`) && !request.url().startsWith('data:'))
      problems.push(`asked for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (/Content Security Policy/u.test(message.text())) problems.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${server.ports.mgmt}/`);
}

const docs = '/pools/default/buckets/default/docs';
const put = (key: string, value: string) =>
  ask(server.ports.mgmt, 'POST', `${docs}/${encodeURIComponent(key)}`, { auth: administrator, form: { value } });
const stored = async (key: string) =>
  (await ask(server.ports.mgmt, 'GET', `${docs}/${encodeURIComponent(key)}`, { auth: administrator })).json as {
    json: string;
  };

describe('the way in', () => {
  test('a fresh node that others set up, a wrong password, the right one, and out again', async () => {
    await open(false);
    await page.getByRole('heading', { name: 'This node is not set up' }).waitFor();
    await page.getByText('Not Couchbase Server: a single embedded node').waitFor();
    await setUp(server.ports.mgmt, 500);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, 'wrong password');
    await page.getByRole('alert').filter({ hasText: 'The user name or the password is wrong.' }).waitFor();
    // Which Couchbase the server plays is told before and after.
    await page.getByText('7.6.2-0-coreos-lab-embedded').waitFor();
    await signIn(page);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('7.6.2-0-coreos-lab-embedded').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('a fresh node that is set up here', async () => {
    await open(false);
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByText('The password must be at least 6 characters long.').waitFor();
    await page.getByLabel('Password').fill('Password1');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page);
    await page.getByRole('button', { name: 'Add bucket' }).click();
    await page.getByLabel('Name').fill('a/b');
    await page.getByRole('dialog').getByRole('button', { name: 'Add bucket' }).click();
    await page.getByText('Bucket name can only contain').waitFor();
    await page.getByLabel('Name').fill('default');
    await page.getByRole('dialog').getByRole('button', { name: 'Add bucket' }).click();
    await page.locator('[data-bucket=default]').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('by the keyboard alone', async () => {
    await open(true);
    await page.getByLabel('User name').waitFor();
    await page.keyboard.type('Administrator');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Password1');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused, soon).toBe('Overview');
    await page.getByRole('link', { name: 'Skip to content' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Add bucket');
  });
});

describe('inside', () => {
  beforeEach(async () => {
    await open(true);
    await signIn(page);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  const chart = () => page.getByRole('img', { name: /^Operations per second in the last minute/u });
  const highest = async () => Number(/highest (\d+)/u.exec((await chart().getAttribute('aria-label')) ?? '')?.[1]);
  const picture = () =>
    chart()
      .locator('canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  test('the graph moves as documents are written, and items and figures with it', async () => {
    await expect.poll(highest, soon).toBe(0);
    const before = await picture();
    const client = await KvClient.ready(server.ports.kv);
    for (let index = 0; index < 300; index++) {
      const key = inDefault(`k${index}`);
      await client.call(packet(opcodes.set, { key, value: '{}', extras: Buffer.alloc(8) }));
    }
    client.close();
    await expect.poll(highest, soon).toBeGreaterThan(10);
    await expect.poll(picture, soon).not.toBe(before);
    await page.locator('[data-bucket=default] [data-label=Items]', { hasText: /^300$/u }).waitFor();
    await page.getByText('Figures').click();
    const figures = page.getByRole('region', { name: 'Figures of Operations per second' }).locator('tbody tr');
    await expect.poll(() => figures.count(), soon).toBeGreaterThan(50);
    await page.getByRole('link', { name: 'default', exact: true }).click();
    await page.getByRole('img', { name: /^Items in the last minute\. items: now 300/u }).waitFor();
  });

  test('a server that is gone, and a session that is over', async () => {
    await page.context().clearCookies();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    server.stop();
    await page.getByText('The server does not answer').waitFor();
    expect(await page.locator('[data-bucket=default]').count()).toBe(1);
    // Its header does not go on saying that it is healthy.
    expect(await page.locator('.node').textContent()).toMatch(/does not answer$/u);
  });

  test('a server that says nothing at all, as behind a pulled cord, and comes back', async () => {
    await page.route('**/pools**', () => new Promise(() => undefined));
    await page.getByText('The server does not answer').waitFor();
    await page.unroute('**/pools**');
    await page.getByText('The server does not answer').waitFor({ state: 'detached' });
    expect(await page.locator('.node').textContent()).toMatch(/healthy, up /u);
  });

  test('documents are found by what is in them, page by page', async () => {
    for (let index = 0; index < 45; index++)
      await put(`rsvp:${String(index).padStart(2, '0')}`, `{"n":"Event ${index}"}`);
    await goTo(page, '#/documents/default', 'Documents');
    const shownIds = () => page.locator('tbody th').allTextContents();
    await expect.poll(shownIds, soon).toHaveLength(20);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(async () => (await shownIds())[0], soon).toBe('rsvp:20');
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(shownIds, soon).toEqual(['rsvp:40', 'rsvp:41', 'rsvp:42', 'rsvp:43', 'rsvp:44']);
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.getByLabel('Search IDs and contents').fill('event 44');
    await expect.poll(shownIds, soon).toEqual(['rsvp:44']);
    await page.getByLabel('Search IDs and contents').fill('nothing of this');
    await page.getByText('No document has “nothing of this” in it.').waitFor();
  });

  const editor = () => page.getByRole('textbox', { name: /^Content of/u });
  const type = async (text: string) => {
    await editor().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  };

  test('a document is edited and saved, its large numbers as they are', async () => {
    const id = 'odd/id %#?ü';
    await put(id, '{"big":12345678901234567890}');
    await goTo(page, `#/documents/default/${encodeURIComponent(id)}`, id);
    await expect.poll(() => editor().innerText(), soon).toContain('12345678901234567890');
    await type('{"big": 12345678901234567890, "more": [1,');
    await page.getByText('No JSON:').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.keyboard.insertText('2]}');
    await page.keyboard.press('Control+s');
    await page.getByText('As stored').waitFor();
    expect((await stored(id)).json).toBe('{"big":12345678901234567890,"more":[1,2]}');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Documents', exact: true }).waitFor();
    expect(await stored(id)).toBeUndefined();
  });

  test('an edit does not overwrite another’s', async () => {
    await put('k', '{"by":"nobody"}');
    await goTo(page, '#/documents/default/k', 'k');
    await expect.poll(() => editor().innerText(), soon).toContain('nobody');
    await put('k', '{"by":"another"}');
    await type('{"by":"me"}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'the document was changed' }).waitFor();
    expect((await stored('k')).json).toBe('{"by":"another"}');
    expect(await editor().innerText()).toContain('me');
    await page.getByRole('button', { name: 'Show what is stored' }).click();
    await expect.poll(() => editor().innerText(), soon).toContain('another');
    await type('{"by":"me"}');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await stored('k')).json, soon).toBe('{"by":"me"}');
  });

  test('a document is added, and not over one that is there', async () => {
    await put('taken', '1');
    await goTo(page, '#/new-document/default', 'Add document');
    await page.getByLabel('ID').fill('taken');
    await page.getByRole('textbox', { name: 'Content of the new document' }).waitFor();
    await page.getByRole('button', { name: 'Add document' }).click();
    await page.getByText('There is a document with this ID already.').waitFor();
    await page.getByLabel('ID').fill('new');
    await page.getByRole('button', { name: 'Add document' }).click();
    await page.getByRole('heading', { name: 'new', exact: true }).waitFor();
    expect([(await stored('taken')).json, (await stored('new')).json]).toEqual(['1', '{}']);
  });

  test('a view is added, shows its rows, and is published', async () => {
    for (const [key, city] of [
      ['a', 'Berlin'],
      ['b', 'Paris'],
      ['c', 'Berlin'],
    ] as const)
      await put(key, JSON.stringify({ city }));
    await goTo(page, '#/new-view/default', 'Add view');
    await page.getByLabel('Design document').fill('cities');
    await page.getByLabel('View', { exact: true }).fill('by_city');
    await page.getByRole('textbox', { name: 'Map function' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('function (doc, meta) { emit(doc.city, 1); }');
    await page.getByLabel('Reduce').selectOption('_count');
    await page.getByRole('button', { name: 'Add view' }).click();
    await page.getByRole('heading', { name: 'dev_cities/by_city' }).waitFor();
    await page.getByLabel('Groups').selectOption('all');
    await page.getByRole('button', { name: 'Show rows' }).click();
    const cells = page.locator('.results td code');
    await expect.poll(() => cells.allTextContents(), soon).toEqual(['"Berlin"', '2', '"Paris"', '1']);
    await page.getByRole('checkbox', { name: 'Reduce' }).uncheck();
    await page.getByLabel('Key, JSON', { exact: true }).fill('"Berlin"');
    await page.getByRole('button', { name: 'Show rows' }).click();
    await expect.poll(() => page.locator('.results a').allTextContents(), soon).toEqual(['a', 'c']);
    await goTo(page, '#/views/default', 'Views');
    await page.getByRole('button', { name: 'Publish cities' }).click();
    await page.getByRole('region', { name: 'Design document cities' }).waitFor();
    const published = await ask(server.ports.capi, 'GET', '/default/_design/cities', { auth: administrator });
    expect(published.json).toEqual({
      views: { by_city: { map: 'function (doc, meta) { emit(doc.city, 1); }', reduce: '_count' } },
    });
    await goTo(page, '#/views/default/cities/by_city', 'cities/by_city');
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });

  test('a map function that does not compile is told in the server’s words', async () => {
    await goTo(page, '#/new-view/default', 'Add view');
    await page.getByLabel('Design document').fill('d');
    await page.getByLabel('View', { exact: true }).fill('v');
    await page.getByRole('textbox', { name: 'Map function' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('function (doc {');
    await page.getByRole('button', { name: 'Add view' }).click();
    await page.getByRole('alert').filter({ hasText: 'map function of view v does not compile' }).waitFor();
  });

  test('users: the administrator and the others, with their roles', async () => {
    const form = { name: 'Jane', password: 'secret-1', roles: 'ro_admin,data_reader[default:shop]' };
    await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/jane', { auth: administrator, form });
    await goTo(page, '#/users', 'Users');
    await expect.poll(() => page.locator('tbody th').allTextContents(), soon).toEqual(['Administrator', 'jane']);
    expect(await page.locator('tbody .pill').allTextContents()).toEqual([
      'admin',
      'ro_admin',
      'data_reader[default:shop]',
    ]);
  });
});
