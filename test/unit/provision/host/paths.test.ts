import { describe, expect, it } from 'vitest';
import { loadConfig } from '#provision/config/load-config.ts';
import { canWrite } from '#provision/host/require-writable.ts';
import { check } from './run-check.ts';

/** A configuration with this XDG_CACHE_HOME. */
const caching = (place: string, provider: 'nspawn' | 'vagrant' = 'nspawn') =>
  loadConfig('/nonexistent', { XDG_CACHE_HOME: place, HOME: '/root' }, 2, provider);

describe('names of directories', () => {
  it.each(['/srv/cache', '/srv/a b', "/srv/o'brien", '/srv/100%', '/srv/$HOME', '/srv/größe 漢'])(
    'a cache in %s does for containers',
    async (place) => {
      expect(await check('paths', {}, caching(place))).toMatchObject({ status: 'ok' });
    },
  );

  it.each([
    ['/srv/a,b', ','],
    ['/srv/a:b', ':'],
    [String.raw`/srv/a\b`, '\\'],
    ['/srv/a"b', '"'],
    ['/srv/a\nb', 'a control character'],
  ])('one in %j is refused, with the character', async (place, character) => {
    const { status, detail, fix } = await check('paths', {}, caching(place));
    expect([status, detail]).toEqual(['fail', `the cache ${place}/coreos-lab has ${character} in its name`]);
    expect(fix).toContain('XDG_CACHE_HOME');
  });

  it.each(['/srv/a b', '/srv/100%', '/srv/größe', "/srv/o'brien"])(
    'virtual machines are stricter: %s',
    async (place) => {
      expect(await check('paths', {}, caching(place, 'vagrant'))).toMatchObject({ status: 'fail' });
      const moved = await check('paths', { checkout: place }, caching('/srv/cache', 'vagrant'));
      expect([moved.status, moved.detail]).toEqual(['fail', expect.stringContaining(`the checkout ${place} has `)]);
      expect(await check('paths', { checkout: place }, caching('/srv/cache'))).toMatchObject({ status: 'ok' });
    },
  );

  it('the default ones do for both', async () => {
    for (const provider of ['nspawn', 'vagrant'] as const)
      expect(await check('paths', {}, caching('/root/.cache', provider))).toMatchObject({ status: 'ok' });
  });
});

describe('a directory that cannot be written', () => {
  it.each([
    ['disk-cache', '/srv/cache', /XDG_CACHE_HOME/],
    ['disk-state', '/var/lib', /state_dir/],
  ])('fails %s by name', async (id, readOnly, fix) => {
    const found = await check(id, { readOnly: [readOnly] }, caching('/srv/cache'));
    expect(found).toMatchObject({ status: 'fail', detail: expect.stringContaining('cannot be written') as string });
    expect(found.fix).toMatch(fix);
  });

  it('is found by asking the nearest one that is there', () => {
    expect(canWrite('/tmp/nosuch/nor this/file')).toBe(true);
    expect(canWrite('/proc/nosuch/file')).toBe(process.getuid?.() === 0 && canWrite('/proc'));
    expect(canWrite('/etc/passwd/below a file')).toBe(false);
  });
});
