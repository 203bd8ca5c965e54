import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let directory: string;
let server: Running;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'couchbase-page-'));
  const page = join(directory, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(directory, 'secret.html'), 'secret');
  await writeFile(join(page, 'index.html'), '<script nonce="CSP-NONCE-OF-THIS-PAGE"></script>€');
  await writeFile(join(page, 'assets/main-1a2b.js'), 'start();');
  server = await startRunning({ pageDirectory: page });
});
afterAll(async () => {
  server.stop();
  await rm(directory, { recursive: true });
});

const get = (path: string) => ask(server.ports.mgmt, 'GET', path);

test.each(['/', '/ui', '/ui/', '/index.html'])('%s leads to the console', async (path) => {
  const { status, headers } = await get(path);
  expect([status, headers['location']]).toEqual([301, '/ui/index.html']);
});

test('the page has a nonce of its own each time, may not be framed, and is never kept', async () => {
  const answers = await Promise.all([get('/ui/index.html'), get('/ui/index.html')]);
  const nonces = answers.map(({ body }) => /^<script nonce="([\w+/]{22}==)"><\/script>€$/u.exec(body)?.[1]);
  expect(new Set(nonces).size).toBe(2);
  for (const [index, { headers }] of answers.entries()) {
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy).toContain(`style-src 'self' 'nonce-${nonces[index]}'`);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringContaining('no-store') as string,
      'content-type': 'text/html;charset=utf-8',
    });
  }
});

test('its files are kept for good, since their names change with them', async () => {
  const { body, headers } = await get('/ui/assets/main-1a2b.js');
  expect([body, headers['content-type'], headers['cache-control']]).toEqual([
    'start();',
    'text/javascript;charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
});

test.each(['../secret.html', '..%2fsecret.html', '%2e%2e/secret.html', 'assets', 'assets/../index.html', '', '%00'])(
  'nothing is at /ui/%s',
  async (path) => {
    expect((await get(`/ui/${path}`)).body).not.toContain('secret');
    if (path !== '') expect((await get(`/ui/${path}`)).status).toBe(404);
  },
);

test('a server beside which no page was built says so', async () => {
  const without = await startRunning();
  const { status, body } = await ask(without.ports.mgmt, 'GET', '/ui/index.html');
  expect([status, body]).toEqual([404, 'The console was not built.']);
  without.stop();
});
