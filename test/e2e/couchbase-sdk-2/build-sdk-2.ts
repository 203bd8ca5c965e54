import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { contentKey, publish } from '#provision/image/cache.ts';

const version = '2.6.12';
/** It takes two minutes on a host that does nothing else. */
const buildLimitMs = 15 * 60_000;

/**
 * The SDK of the book's days, compiled for this Node: from the cache, or else by npm, outside of the project, whose dependency it is not.
 * @returns directory whose node_modules has it, or why there is none on this host (no compiler, no registry)
 */
export async function buildSdk2(): Promise<{ readonly dir: string } | { readonly reason: string }> {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  const cache = join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'coreos-lab', 'test-sdk');
  const key = contentKey(['couchbase', version, process.versions.modules, process.arch]);
  const dir = join(cache, key);
  if ((await stat(dir).catch(() => undefined)) !== undefined) return { dir };
  try {
    return { dir: await publish(cache, key, install) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const telling = text.split('\n').filter((line) => /error/iu.test(line));
    return { reason: `couchbase ${version} cannot be built here: ${telling.slice(0, 3).join(' | ') || text}` };
  }
}

async function install(dir: string): Promise<void> {
  const args = ['install', '--prefix', dir, '--no-audit', '--no-fund', '--no-save', `couchbase@${version}`];
  await execa('npm', args, { cwd: dir, timeout: buildLimitMs, stdin: 'ignore' });
  // What npm took for installed may have left its native part out: it is of no use then.
  await execa(process.execPath, ['-e', 'require("couchbase")'], { cwd: dir, timeout: 60_000 });
}
