import { describe, expect, it } from 'vitest';
import { sourceText, upstreamOf } from '#provision/config/image-settings.ts';
import { load, loadError } from './config-directory.ts';

const images = (toml: string) => load({ toml: `[images]\n${toml}` }).images;
const remote = 'remoteurl = "https://registry.example:5000"\n';

describe('[images]', () => {
  it('without anything is built here, and reaches no registry', () => {
    expect(load({ toml: '' }).images).toEqual({ suite: 'bookworm', upstream: {} });
    expect(upstreamOf(images(''))).toBeUndefined();
    expect(sourceText(images(''))).toBe('embedded');
  });

  it('source = "upstream" takes what others make from remoteurl, under the names of the book', () => {
    const all = images(`${remote}source = "upstream"`);
    expect(all.remoteUrl).toBe('https://registry.example:5000');
    expect(all.upstream).toEqual({
      couchbase: 'library/couchbase:community-4.0.0',
      memcached: 'library/memcached:1',
      node: 'library/node',
    });
    expect(sourceText(all)).toBe('upstream');
  });

  it('one image only, under a name of its own, and all but one', () => {
    const one = images(`${remote}[images.couchbase]\nsource = "upstream"\nimage = "acme/couchbase"`);
    expect(one.upstream).toEqual({ couchbase: 'acme/couchbase:latest' });
    expect(sourceText(one)).toBe('upstream for couchbase (acme/couchbase:latest)');
    const others = images(`${remote}source = "upstream"\n[images.couchbase]\nsource = "embedded"`);
    expect(Object.keys(others.upstream)).toEqual(['memcached', 'node']);
    const digest = `memcached@sha256:${'0'.repeat(64)}`;
    expect(images(`${remote}memcached = { source = "upstream", image = "${digest}" }`).upstream).toEqual({
      memcached: `library/${digest}`,
    });
  });

  it('remoteurl alone is for names that the lab lacks', () => {
    expect(upstreamOf(images('remoteurl = "http://127.0.0.1:5001/"'))).toEqual({
      remoteUrl: 'http://127.0.0.1:5001',
      images: {},
    });
  });
});

describe('what cannot be is refused with file, line and what to write', () => {
  const url = (text: string) => loadError({ toml: `[images]\nremoteurl = "${text}"` });
  it.each([
    ['registry.example:5000', 'must begin with https:// (or http://), like "https://registry.example:5000"'],
    ['ftp://registry.example', 'must begin with https:// or http://, not ftp://'],
    ['https://registry.example/v2', 'without anything behind it: "https://registry.example"'],
    ['https://registry.example?a=b', 'without anything behind it'],
    ['https://ann:secret@registry.example', 'must have no user and no password in it: docker login keeps them'],
    ['https://[::1]:5000', 'no IPv6 address'],
    ['https://', 'must be an address like "https://HOST:PORT"'],
    ['https://a b', 'must be an address like'],
  ])('remoteurl = %j', (text, why) => {
    const error = url(text);
    expect(error).toMatchObject({ code: 'config.value', exitCode: 78 });
    expect(error.message).toContain('lab.toml:2: [images] remoteurl ');
    expect(error.message).toContain(why);
    expect(error.message).not.toContain('secret');
    expect(error.next).toContain('Edit line 2 of lab.toml');
  });

  it.each([
    ['source = "upstream"', 'lab.toml:2: [images] source is "upstream", and [images] remoteurl names no registry'],
    ['[images.memcached]\nsource = "upstream"', 'lab.toml:3: [images.memcached] source is "upstream"'],
    [`${remote}[images.couchbase]\nimage = "couchbase:7"`, 'lab.toml:4: [images.couchbase] image names an image of a'],
  ])('%j does not fit together', (toml, why) => {
    const error = loadError({ toml: `[images]\n${toml}` });
    expect(error).toMatchObject({ code: 'config.images', exitCode: 78 });
    expect(error.message).toContain(why);
    expect(error.next).toContain('source = "');
  });

  it.each([
    [
      '[images.cuchbase]\nsource = "upstream"',
      'config.key',
      ':3: unknown key cuchbase in [images] (did you mean couchbase?)',
    ],
    [
      '[images.worker]\nsource = "upstream"',
      'config.key',
      ':3: unknown key worker in [images]; its keys: source, remoteurl',
    ],
    [
      '[images.couchbase]\nsorce = "upstream"',
      'config.key',
      ':4: unknown key sorce in [images.couchbase] (did you mean source?)',
    ],
    [
      '[images.node]\nimage = "node:20"',
      'config.key',
      ':4: key image belongs under [images.couchbase], not [images.node]',
    ],
    [
      '[images.couchbase]\nimage = "Couchbase"',
      'config.value',
      ':4: [images] couchbase.image must be the name of an image',
    ],
    ['[images.couchbase]\nimage = "registry.example/couchbase"', 'config.value', "a registry's, which remoteurl names"],
    ['[images.couchbase]\nimage = "couchbase:7@sha256:00"', 'config.value', 'leave the tag out'],
    [
      '[images.couchbase]\nsource = true',
      'config.value',
      ':4: [images] couchbase.source must be "embedded" or "upstream"',
    ],
  ])('%j', (toml, code, why) => {
    const error = loadError({ toml: `[images]\n${remote}${toml}` });
    expect(error).toMatchObject({ code, exitCode: 78 });
    expect(error.message).toContain(why);
  });
});
