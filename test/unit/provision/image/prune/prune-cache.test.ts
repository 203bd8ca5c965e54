import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { osImageKey, osRecipe } from '#provision/image/os/recipe.ts';
import { pruneCache } from '#provision/image/prune/prune-cache.ts';
import { usedPaths } from '#provision/image/prune/used-paths.ts';
import { pullThroughStorage } from '#provision/image/upstream/upstream.ts';
import { wantedKeys } from '#provision/image/prune/wanted-keys.ts';
import { repoDir } from '../../vagrant/record-vagrantfile.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-prune-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const key = (digit: string) => digit.repeat(32);
const put = (kind: string, name: string, bytes = 1) => {
  const path = join(dir, 'cache', kind, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'content'), Buffer.alloc(bytes, 1));
  return path;
};

describe('pruning the cache', () => {
  it('removes what is neither wanted nor used, and says how much that was', async () => {
    const kept = [put('os-image', key('a')), put('box', key('b')), put('registry', key('c'))];
    const gone = [put('os-image', key('1'), 200_000), put('containers', key('2')), put('node', '24.1.0-x64')];
    kept.push(put('node', '24.2.0-x64'), put('node', '22.12.0-x64'));
    const other = [put('os-image', '.building-12-ab'), put('notes', key('3'))];
    const needs = {
      wanted: new Set([key('b'), '24.2.0-x64']),
      used: [`${kept[0]}/root`, kept[2] ?? '', join(dir, 'cache/node/22.12.0-x64/bin/node')],
    };

    const planned = await pruneCache(join(dir, 'cache'), needs, true);
    expect([...kept, ...gone, ...other].every((path) => existsSync(path))).toBe(true);
    const pruned = await pruneCache(join(dir, 'cache'), needs, false);
    expect(pruned).toEqual(planned);
    expect(pruned.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      `os-image ${key('1')}`,
      `containers ${key('2')}`,
      'node 24.1.0-x64',
    ]);
    expect(pruned[0]?.bytes).toBeGreaterThanOrEqual(200_000);
    expect([...kept, ...other].every((path) => existsSync(path))).toBe(true);
    expect(gone.some((path) => existsSync(path))).toBe(false);
    expect(await pruneCache(join(dir, 'cache'), needs, false)).toEqual([]);
  });

  it('a name that only begins like a used one is not used', async () => {
    const [short, long] = [put('os-image', key('a')), put('os-image', `${key('a').slice(1)}b`)];
    const pruned = await pruneCache(join(dir, 'cache'), { wanted: new Set(), used: [`${long}/root`] }, false);
    expect(pruned.map(({ path }) => path)).toEqual([short]);
  });
});

describe('what labs stand on', () => {
  const write = (path: string, value: unknown) => {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), JSON.stringify(value));
  };

  it('is what their machines were made from, and their registry, also of labs that are down or elsewhere', async () => {
    write('labs/one/supervisor-spec.json', {
      registryStorage: '/c/registry/1',
      upstream: { remoteUrl: 'https://registry.example', storage: '/c/pull-through/1', images: {}, own: [] },
      rsvp: ['/c/node/1/bin/node', '/checkout/meetup.cjs'],
      machines: [{ osRoot: '/c/os/1/root' }],
    });
    write('labs/two/machines/core-01/provisioned.json', { osRoot: '/c/os/2/root' });
    write('labs/begun/supervisor-spec.json', '{');
    write('elsewhere/supervisor-spec.json', { registryStorage: '/c/registry/3', machines: [] });
    const running = [join(dir, 'elsewhere/supervisor-spec.json'), join(dir, 'gone/supervisor-spec.json')];
    expect((await usedPaths([join(dir, 'labs'), join(dir, 'none')], running)).sort()).toEqual([
      '/c/node/1/bin/node',
      '/c/os/1/root',
      '/c/os/2/root',
      '/c/pull-through/1',
      '/c/registry/1',
      '/c/registry/3',
    ]);
  });
});

describe('what this checkout wants', () => {
  it('is every key it would build, each once', async () => {
    const keys = await wantedKeys(repoDir, join(dir, 'cache'), 'bookworm');
    expect(keys.has(await osImageKey(osRecipe(repoDir, 'bookworm'), process.version))).toBe(true);
    // OS image, two disks, two boxes, the registry, and the container images of the catalogue.
    expect(keys.size).toBeGreaterThan(6 + 4);
    const remoteUrl = 'https://registry.example';
    const images = { couchbase: 'library/couchbase:7' };
    const fetching = await wantedKeys(repoDir, join(dir, 'cache'), 'bookworm', { remoteUrl, images });
    expect(fetching.has(basename(pullThroughStorage(join(dir, 'cache'), remoteUrl)))).toBe(true);
    // Of the others the registry's key and Couchbase's are other ones.
    expect([...keys].filter((key) => !fetching.has(key))).toHaveLength(2);
    const [node, ...other] = [...keys].filter((one) => !/^[0-9a-f]{32}$/.test(one));
    expect([node, other]).toEqual([expect.stringMatching(/^24\.\d+\.\d+-(x64|arm64)$/), []]);
  });
});
