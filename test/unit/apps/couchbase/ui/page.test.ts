import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

const executablePath = '/usr/bin/chromium';

let browser: Browser;
let page: Page;
let server: Running;
const problems: string[] = [];

beforeAll(async () => {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install chromium`);
  server = await startRunning({ initialise: false });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
}, 60_000);
afterAll(async () => {
  await browser.close();
  server.stop();
});

test('the admin page from a fresh node to a bucket with its items, and a server that is gone', async () => {
  const seen = async () => {
    const parts = ['#login', '#not-initialised', '#console', '#lost'];
    const visible = await Promise.all(parts.map((part) => page.locator(part).isVisible()));
    return parts.filter((_, index) => visible[index]);
  };
  await page.goto(`http://127.0.0.1:${server.ports.mgmt}/`);
  await page.locator('#not-initialised').waitFor();
  expect(await seen()).toEqual(['#not-initialised']);

  const form = { services: 'kv', username: 'Administrator', password: 'Password1', memoryQuota: '500' };
  await ask(server.ports.mgmt, 'POST', '/clusterInit', { form });
  const bucket = { name: 'default', ramQuotaMB: '500', replicaNumber: '1' };
  await ask(server.ports.mgmt, 'POST', '/pools/default/buckets/', { form: bucket, auth: administrator });
  await page.locator('#login').waitFor();
  await page.fill('#username', 'Administrator');
  await page.fill('#password', 'wrong password');
  await page.click('#login button');
  await page.getByText('The user name or the password is wrong.').waitFor();

  await page.fill('#password', 'Password1');
  await page.click('#login button');
  await page.locator('[data-bucket=default]').waitFor();
  expect(await seen()).toEqual(['#console']);

  const client = await KvClient.ready(server.ports.kv);
  await client.call(packet(opcodes.set, { key: inDefault('k'), value: '{}', extras: Buffer.alloc(8) }));
  await page.locator('[data-bucket=default] .items', { hasText: /^1$/u }).waitFor();
  await page.locator('[data-bucket=default] .peak', { hasText: 'peak 1 ops/s' }).waitFor();
  expect(await page.locator('[data-bucket=default] svg .line').getAttribute('d')).toMatch(
    /^M0,[\d.]+(?:L\d+,[\d.]+){59}$/u,
  );
  client.close();

  server.stop();
  await page.locator('#lost').waitFor();
  expect(problems).toEqual([]);
}, 60_000);
