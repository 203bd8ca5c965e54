import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { judge } from '#dashboard/server/guard.ts';

const guard = { token: 'a'.repeat(43), port: 8000 };
const own = `/${guard.token}/`;
const ask = (url: string, headers: IncomingHttpHeaders = {}, method = 'GET') => ({
  method,
  url,
  headers: { host: '127.0.0.1:8000', ...headers },
});
const opened = { needsOrigin: false };
const socket = { needsOrigin: true };

describe('a page', () => {
  it.each([
    [own, '/'],
    [`${own}assets/index.js`, '/assets/index.js'],
    [`${own}?a=b#c`, '/'],
  ])('gets %s', (url, path) => {
    expect(judge(ask(url), guard, opened)).toEqual({ may: true, path });
  });

  it('gets nothing by another token, none, a longer one, or the token alone', () => {
    const urls = [
      '/',
      '/b/',
      `/${'b'.repeat(43)}/`,
      `/${guard.token}b/`,
      `/${guard.token}`,
      `//${guard.token}/`,
      '',
      '*',
    ];
    expect(urls.map((url) => judge(ask(url), guard, opened))).toEqual(urls.map(() => ({ may: false, status: 404 })));
  });

  it('gets nothing by a name that somebody else has this host take for 127.0.0.1', () => {
    const hosts = [
      'evil.example:8000',
      'evil.example',
      '127.0.0.1',
      '127.0.0.1:8001',
      '0.0.0.0:8000',
      '[::1]:8000',
      '',
    ];
    const answers = [
      ...hosts.map((host) => judge(ask(own, { host }), guard, opened)),
      judge(ask(own, { host: undefined }), guard, opened),
    ];
    expect(new Set(answers.map((one) => (one.may ? 200 : one.status)))).toEqual(new Set([403]));
    expect(judge(ask(own, { host: 'localhost:8000' }), guard, opened)).toMatchObject({ may: true });
  });

  it('is only read', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(judge(ask(own, {}, method), guard, opened)).toEqual({ may: false, status: 405 });
    expect(judge(ask(own, {}, 'HEAD'), guard, opened)).toMatchObject({ may: true });
  });
});

describe('a WebSocket', () => {
  const url = `${own}socket.io/?EIO=4&transport=websocket`;
  it('is for a page of this very server', () => {
    expect(judge(ask(url, { origin: 'http://127.0.0.1:8000' }), guard, socket)).toMatchObject({ may: true });
  });

  it.each([
    'http://evil.example',
    'http://127.0.0.1:3000',
    'https://127.0.0.1:8000',
    'http://localhost:8000',
    'null',
    '',
  ])('is not for a page of %j, though it knows the token', (origin) => {
    expect(judge(ask(url, { origin }), guard, socket)).toEqual({ may: false, status: 403 });
  });

  it('is not for what does not say whose it is', () => {
    expect(judge(ask(url), guard, socket)).toEqual({ may: false, status: 403 });
  });
});
