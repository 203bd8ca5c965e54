import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '#dashboard/server/limits.ts';
import type { DeedKind } from '#dashboard/server/protocol.ts';
import { type Dashboard, serveDashboard } from '#dashboard/server/serve.ts';
import type { Storyteller } from '#dashboard/server/storyteller.ts';
import { LabError } from '#errors/lab-error.ts';
import { ask, files, helloOf, openPage, rawly, storyServer, type TestPage } from './story-server.ts';

/* The server over real sockets: who may speak to it, and how much. */

const done: [string, DeedKind][] = [];
let dashboard: Dashboard;
let teller: Storyteller;
const pages: TestPage[] = [];

beforeEach(async () => {
  done.length = 0;
  ({ dashboard, teller } = await storyServer({
    expect: (machine, kind) => Promise.resolve([`${kind} of ${machine}`]),
    perform: async (machine, kind) => {
      if (machine !== 'core-01')
        throw new LabError({ code: 'missing.machine', cause: `no ${machine}`, next: 'lab status' });
      done.push([machine, kind]);
    },
    startScenario: (name) => void done.push([name, 'up']),
    endScenario: () => Promise.resolve(),
  }));
});
afterEach(async () => {
  for (const page of pages.splice(0)) page.disconnect();
  teller.end();
  await dashboard.close();
});

const open = (origin?: string): TestPage => {
  const page = openPage(dashboard, origin);
  pages.push(page);
  return page;
};
const path = (rest = ''): string => `${new URL(dashboard.url).pathname}${rest}`;

describe('the page', () => {
  it('is there under the token, with a policy that lets nothing of others in', async () => {
    const page = await ask(dashboard.port, path());
    expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>the page</title>' });
    expect(page.headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/) as string,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(page.headers).not.toHaveProperty('access-control-allow-origin');
    expect(await ask(dashboard.port, path('assets/a.js'))).toMatchObject({ status: 200, text: '1;' });
  });

  it('is nowhere else, and nothing beside it', async () => {
    for (const other of [
      '/',
      '/index.html',
      path('nothing'),
      path('../package.json'),
      path('%2e%2e/package.json'),
      path('__proto__'),
    ])
      expect(await ask(dashboard.port, other)).toMatchObject({ status: 404, text: 'not found\n' });
    expect(await ask(dashboard.port, path(), { method: 'POST', body: 'x' })).toMatchObject({ status: 405 });
    expect(await ask(dashboard.port, path(), { headers: { host: `evil.example:${dashboard.port}` } })).toMatchObject({
      status: 403,
    });
    expect(await ask(dashboard.port, path(), { headers: { origin: 'http://evil.example' } })).toMatchObject({
      status: 403,
    });
  });

  it('listens on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1');
    for (const { address } of others)
      await expect(rawly(dashboard.port, 'GET / HTTP/1.1\r\n\r\n', address)).rejects.toThrow('ECONNREFUSED');
    await expect(rawly(dashboard.port, 'GET / HTTP/1.1\r\n\r\n', '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
  });

  it('has a token of its own each time', async () => {
    const other = await storyServer();
    expect(new URL(other.dashboard.url).pathname).not.toBe(path());
    expect(path()).toMatch(/^\/[\w-]{43}\/$/);
    await other.dashboard.close();
  });
});

describe('the story', () => {
  it('is told from its beginning, and then as it goes on', async () => {
    teller.tell({ type: 'phase', data: { name: 'one' } });
    const page = open();
    const hello = await helloOf(page);
    expect(hello).toMatchObject({ title: 'lab test', story: { seen: [{ type: 'phase', data: { name: 'one' } }] } });
    const more = new Promise((resolve) => page.once('seen', resolve));
    teller.tell({ type: 'phase', data: { name: 'two' } });
    teller.tell({ type: 'note', data: { text: 'three' } });
    expect(await more).toMatchObject([{ data: { name: 'two' } }, { data: { text: 'three' } }]);
    expect(dashboard.pages()).toBe(1);
  });

  it('is for no page of another origin, though it knows the token', async () => {
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null', `http://localhost:${dashboard.port}`])
      expect(await helloOf(open(origin))).toBeInstanceOf(Error);
    expect(dashboard.pages()).toBe(0);
  });

  it('is not told by long polling, which another page could ask for', async () => {
    const polling = await ask(dashboard.port, path('socket.io/?EIO=4&transport=polling'), {
      headers: { origin: `http://127.0.0.1:${dashboard.port}` },
    });
    expect(polling.status).toBe(400);
  });

  it(`is told to ${limits.pages} pages, and to a ninth when one has left`, async () => {
    const first = open();
    expect(await helloOf(first)).toMatchObject({ title: 'lab test' });
    for (let number = 1; number < limits.pages; number += 1)
      expect(await helloOf(open())).toMatchObject({ title: 'lab test' });
    expect(await helloOf(open())).toBeInstanceOf(Error);
    first.disconnect();
    await expect.poll(() => dashboard.pages(), { timeout: 60_000 }).toBe(limits.pages - 1);
    await expect.poll(() => helloOf(open()), { timeout: 60_000 }).toMatchObject({ title: 'lab test' });
  });
});

describe('deeds', () => {
  it('are told beforehand, done, and answered', async () => {
    const page = open();
    await helloOf(page);
    expect(await page.emitWithAck('expect', { machine: 'core-01', kind: 'halt' })).toEqual({
      ok: true,
      value: ['halt of core-01'],
    });
    expect(await page.emitWithAck('do', { machine: 'core-01', kind: 'cut' })).toEqual({ ok: true, value: null });
    expect(await page.emitWithAck('scenario', { name: 'failover' })).toEqual({ ok: true, value: null });
    expect(done).toEqual([
      ['core-01', 'cut'],
      ['failover', 'up'],
    ]);
    expect(await page.emitWithAck('do', { machine: 'core-09', kind: 'cut' })).toEqual({
      ok: false,
      error: 'no core-09. Next: lab status',
    });
  });

  it('are not done by what is no deed, or by too many at once', async () => {
    const page = open();
    await helloOf(page);
    const odd = [
      {},
      'halt',
      null,
      { machine: 'core-01', kind: 'explode' },
      { machine: '', kind: 'halt' },
      { machine: 7, kind: 'cut' },
    ];
    for (const one of odd)
      expect(await page.emitWithAck('do', one as never)).toEqual({
        ok: false,
        error: 'this is no question of this page',
      });
    expect(done).toEqual([]);
    const answers = [];
    for (let number = 0; number <= limits.asksPerTenSeconds; number += 1)
      answers.push(await page.emitWithAck('expect', { machine: 'core-01', kind: 'halt' }));
    expect(answers.filter(({ ok }) => ok).length).toBeLessThanOrEqual(limits.asksPerTenSeconds);
  });

  it('are no question that nobody waits for, and none of more than a few bytes: such a page is put out', async () => {
    for (const send of [
      (page: TestPage) => page.emit('do', { machine: 'core-01', kind: 'halt' }, undefined as never),
      (page: TestPage) => page.emit('do', { machine: 'x'.repeat(limits.messageBytes), kind: 'halt' }, () => undefined),
    ]) {
      const page = open();
      await helloOf(page);
      const out = new Promise((resolve) => page.once('disconnect', resolve));
      send(page);
      await out;
    }
    expect(done).toEqual([]);
  });
});

describe('limits', () => {
  it('hangs up on who does not say what they want', { timeout: 60_000 }, async () => {
    expect(await rawly(dashboard.port, `GET ${path()} HTTP/1.1\r\nHost: 127.0.0.1:${dashboard.port}\r\n`)).toMatch(
      /^HTTP\/1.1 408/,
    );
  });

  it('hangs up on headers without end', async () => {
    const long = `GET ${path()} HTTP/1.1\r\nHost: 127.0.0.1:${dashboard.port}\r\nX: ${'x'.repeat(limits.headerBytes)}\r\n\r\n`;
    expect(await rawly(dashboard.port, long)).toMatch(/^HTTP\/1.1 431/);
  });

  it('says who has the port that was asked for', async () => {
    const { port } = dashboard;
    const hello = () => Promise.reject(new Error('never'));
    await expect(
      serveDashboard({
        port,
        files,
        hello: hello as never,
        listen: () => () => undefined,
        deeds: undefined,
        guide: undefined,
      }),
    ).rejects.toMatchObject({ code: 'host.port', message: expect.stringContaining(`127.0.0.1:${port}`) as string });
  });
});
