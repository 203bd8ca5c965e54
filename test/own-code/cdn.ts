import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { execa } from 'execa';
import { contentKey, exists, publish } from '#provision/image/cache.ts';

/** What the page (web/index.html) loads from the address of a content delivery network. */
const packages = ['react@15.1.0', 'react-dom@15.1.0', 'babel-core@5.8.38', 'nprogress@0.2.0'];
/** A name that leads nowhere (RFC 2606). */
const host = 'cdn.example';
const fetchLimitMs = 5 * 60_000;

/** Lets a browser without internet find `http://cdn.example/PACKAGE/VERSION/FILE`: the packages as npm has them, unpacked in the cache. */
export async function serveCdn(context: BrowserContext): Promise<void> {
  const root = await unpacked();
  await context.route(`http://${host}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ path: join(root, pathname) });
  });
}

async function unpacked(): Promise<string> {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  const cache = join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'coreos-lab', 'test-cdn');
  const key = contentKey(packages);
  if (await exists(join(cache, key))) return join(cache, key);
  return publish(cache, key, async (dir) => {
    const options = { cwd: dir, timeout: fetchLimitMs, stdin: 'ignore' } as const;
    await execa('npm', ['pack', '--silent', ...packages], options);
    for (const archive of (await readdir(dir)).filter((name) => name.endsWith('.tgz'))) {
      const [, name = '', version = ''] = /^(.+)-([\d.]+)[.]tgz$/.exec(archive) ?? [];
      await execa('tar', ['-xzf', archive, '--transform', `s,^[^/]*,${name}/${version},`, '--no-same-owner'], options);
      await rm(join(dir, archive));
    }
  });
}
