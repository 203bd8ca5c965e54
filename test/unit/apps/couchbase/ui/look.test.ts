import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityProblems, consoleStage, goTo, signIn, type ConsoleStage } from '../support/console-stage.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/* Each page of the console at the widths of a desk and of a hand, light and dark: nothing sticks out, and axe finds nothing. */

const id = '231000120:1';
const pages = [
  { name: 'overview', hash: '#/overview', heading: 'Overview', ready: '.chart canvas' },
  { name: 'bucket', hash: '#/bucket/default', heading: 'default', ready: '.chart canvas' },
  { name: 'documents', hash: '#/documents/default', heading: 'Documents', ready: 'tbody tr' },
  { name: 'document', hash: `#/documents/default/${encodeURIComponent(id)}`, heading: id, ready: '.cm-content' },
  { name: 'new-document', hash: '#/new-document/default', heading: 'Add document', ready: '.cm-content' },
  { name: 'views', hash: '#/views/default', heading: 'Views', ready: 'tbody tr' },
  { name: 'view', hash: '#/views/default/dev_d/v', heading: 'dev_d/v', ready: '.cm-content' },
  { name: 'new-view', hash: '#/new-view/default', heading: 'Add view', ready: '.cm-content' },
  { name: 'users', hash: '#/users', heading: 'Users', ready: 'tbody tr' },
];

let stage: ConsoleStage;
let server: Running;

beforeAll(async () => {
  stage = await consoleStage();
  server = await startRunning({ pageDirectory: stage.page, viewsProgram: stage.views });
  const value = JSON.stringify({
    event_id: '231000120',
    event_name: 'A name so long that it needs a line of its own '.repeat(8),
  });
  for (const key of [id, 'x'.repeat(250)])
    await ask(server.ports.mgmt, 'POST', `/pools/default/buckets/default/docs/${key}`, {
      auth: administrator,
      form: { value },
    });
  const views = {
    v: { map: 'function (doc, meta) {\n  // what it is for\n  emit(doc.event_id, 1);\n}', reduce: '_sum' },
  };
  for (const design of ['d', 'dev_d'])
    await ask(server.ports.capi, 'PUT', `/default/_design/${design}`, { auth: administrator, json: { views } });
});
afterAll(async () => {
  server.stop();
  await stage.end();
});

describe.each([
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)('%s px, %s', (width, colorScheme) => {
  let page: Page;
  beforeAll(async () => {
    page = await stage.browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.goto(`http://127.0.0.1:${server.ports.mgmt}/`);
    await page.getByLabel('User name').waitFor();
    await check('sign-in');
    await signIn(page);
  });
  afterAll(() => page.close());

  const check = async (name: string) => {
    const folder = process.env['PAGE_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect({ overflow, problems: await accessibilityProblems(page) }).toEqual({ overflow: 0, problems: [] });
  };

  test.each(pages)('$name', async ({ name, hash, heading, ready }) => {
    await goTo(page, hash, heading);
    await page.locator(ready).first().waitFor();
    await check(name);
  });

  test('a dialog', async () => {
    await goTo(page, '#/overview', 'Overview');
    await page.getByRole('button', { name: 'Add bucket' }).click();
    await page.getByRole('dialog').waitFor();
    await check('dialog');
    await page.keyboard.press('Escape');
  });
});
