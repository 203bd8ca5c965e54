import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { health, webStage, type Web, type WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await webStage();
});

afterEach(() => stage.afterTest());

afterAll(() => stage.afterAll());

async function visit(web: Web, cookie = ''): Promise<{ status: number; cookie: string; visits: number }> {
  const page = await fetch(web.url, { headers: { cookie } });
  expect(await page.text()).toContain('Newest RSVPs');
  const given = page.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  const session = await fetch(`${web.url}/session`, { headers: { cookie: given } });
  const { visits } = (await session.json()) as { visits: number };
  return { status: page.status, cookie: given, visits };
}

describe('sessions', () => {
  it('knows a visitor by a cookie, on whichever instance', async () => {
    const caches = await Promise.all([stage.memcached(), stage.memcached(), stage.memcached()]);
    await stage.announce(caches.map((cache) => cache.address));
    const [one, two] = await Promise.all([stage.start(), stage.start()]);
    const threeTimes = async () => {
      const first = await visit(one);
      const all = [first, await visit(one, first.cookie), await visit(two, first.cookie)];
      return { visits: all.map(({ visits }) => visits), cookies: [...new Set(all.map(({ cookie }) => cookie))] };
    };
    // A starved memcached may be late with a session, which costs that visitor theirs: then another one comes.
    const cookies = [expect.stringMatching(/^connect\.sid=/) as string];
    await expect.poll(threeTimes).toEqual({ visits: [1, 2, 3], cookies });
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('serves the page while memcached is dead (%s)', async (signal) => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    const before = await visit(web);
    await expect.poll(async () => (await visit(web, before.cookie)).visits).toBeGreaterThan(1);
    await cache.signal(signal);
    for (let n = 0; n < 8; n++) {
      const during = await visit(web, before.cookie);
      expect(during.status).toBe(200);
      expect(during.cookie).not.toBe(before.cookie);
    }
    expect(await health(web)).toMatchObject({ status: 200, body: { memcached: [{ ok: false }] } });
    expect(web.output()).not.toMatch(/Error:/);
    if (signal === 'SIGKILL') return;
    // The same process comes back with the session it kept.
    await cache.signal('SIGCONT');
    await expect.poll(async () => (await visit(web, before.cookie)).visits).toBeGreaterThan(2);
  });
});

describe('cookies that are not ours, or no longer', () => {
  it.each([
    ['none', () => ''],
    ['a signature of another secret', (good: string) => good.replace(/\.[^.]*$/, `.${'A'.repeat(43)}`)],
    ['an id that was changed', (good: string) => good.replace('s%3A', 's%3Ax')],
    ['no signature', () => 'connect.sid=s%3Aabc'],
    ['nothing in it', () => 'connect.sid='],
    ['only its mark', () => 'connect.sid=s%3A.'],
    ['a broken percent sign', () => 'connect.sid=%E0%A4%A'],
    ['JSON', () => 'connect.sid=j%3A%7B%22a%22%3A1%7D'],
    ['twice, the first one old', (good: string) => `connect.sid=old; ${good}`],
    ['twice, both changed', (good: string) => `connect.sid=old; ${good}x`],
    ['an id of 3,000 characters', () => `connect.sid=s%3A${'a'.repeat(3000)}.b`],
    ['no name, no end', () => '=; ;;; connect.sid; =='],
    ['3 KB of others', () => `_ga=${'x'.repeat(3000)}; theme=dark`],
  ])('%s: the page, and a new session', async (_, change) => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    const good = await visit(web);
    const page = await visit(web, change(good.cookie));
    expect(page).toMatchObject({ status: 200, visits: 1 });
    expect(page.cookie).toMatch(/^connect\.sid=s%3A[\w-]+\.\S+$/);
    expect(page.cookie).not.toBe(good.cookie);
    expect(web.output()).not.toMatch(/Error:/);
  });

  it('a session of another form in memcached is no session', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    const good = await visit(web);
    const id = /^connect\.sid=s%3A([\w-]+)\./.exec(good.cookie)?.[1] ?? '';
    for (const stored of ['null', '7', '[]', '{}', '{"cookie":null}', '{"cookie":[]}', 'no JSON']) {
      await overwrite(cache.address, id, stored);
      const page = await visit(web, good.cookie);
      expect({ stored, ...page }).toMatchObject({ status: 200, visits: 1 });
    }
  });

  it('too many of them are 431, and the next visitor gets the page', async () => {
    const cache = await stage.memcached();
    await stage.announce([cache.address]);
    const web = await stage.start();
    expect((await fetch(web.url, { headers: { cookie: `a=${'x'.repeat(17_000)}` } })).status).toBe(431);
    expect((await visit(web)).status).toBe(200);
  });
});

/** Sets a session's value behind the web app's back; memcached's text protocol (protocol.txt, `set`). */
async function overwrite(address: string, id: string, value: string): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  socket.write(`set ${id} 0 0 ${Buffer.byteLength(value)}\r\n${value}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('STORED\r\n');
  socket.destroy();
}

/** Whether a visitor's next page has the session of the one before; on a starved host a memcached may be late with one. */
function keepsSession(
  web: Parameters<typeof visit>[0],
  from: Awaited<ReturnType<typeof visit>>,
): () => Promise<boolean> {
  let last = from;
  return async () => {
    const before = last;
    last = await visit(web, before.cookie);
    return last.cookie === before.cookie && last.visits === before.visits + 1;
  };
}

describe('sessions with one of three servers dead', () => {
  it('moves a visitor who lost the session to a server that lives, and keeps the others where they are', async () => {
    const caches = await Promise.all([stage.memcached(), stage.memcached(), stage.memcached()]);
    await stage.announce(caches.map((cache) => cache.address));
    const web = await stage.start();
    const visitors = await Promise.all(Array.from({ length: 12 }, () => visit(web)));
    await caches[0]?.stop();
    let moved = 0;
    for (const { cookie } of visitors) {
      const next = await visit(web, cookie);
      if (next.cookie !== cookie) moved += 1;
      await expect.poll(keepsSession(web, next)).toBe(true);
    }
    expect(moved).toBeLessThan(12);
  });
});
