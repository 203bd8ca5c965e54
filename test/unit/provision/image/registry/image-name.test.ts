import { describe, expect, it } from 'vitest';
import { readImageName, shortName } from '#provision/image/registry/image-name.ts';

const registry = '172.17.8.1:5000';

describe('a name that somebody typed', () => {
  it.each([
    ['memcached', 'library/memcached', 'latest'],
    ['node:onbuild', 'library/node', 'onbuild'],
    ['library/node:onbuild', 'library/node', 'onbuild'],
    ['mattbailey/ch6-worker', 'mattbailey/ch6-worker', 'latest'],
    [`${registry}/mattbailey/ch6-web:2`, 'mattbailey/ch6-web', '2'],
  ])('%s', (typed, repository, tag) => {
    expect(readImageName(typed, registry)).toEqual({ repository, tag });
  });

  it.each([
    ['Mine', 'small letters'],
    ['a//b', 'small letters'],
    ['a:b:c', 'small letters'],
    ['', 'small letters'],
    ['x@sha256:00', 'digest'],
    ['registry.invalid/x/y', 'registry.invalid'],
    ['localhost/x', 'localhost'],
    ['10.0.0.1:5000/x', '10.0.0.1:5000'],
  ])('%j is refused', (typed, why) => {
    expect(() => readImageName(typed, registry)).toThrow(why);
  });

  it('is shown as people write it', () => {
    expect(shortName(readImageName('library/node:onbuild', registry))).toBe('node:onbuild');
    expect(shortName(readImageName('a/b', registry))).toBe('a/b:latest');
  });
});
