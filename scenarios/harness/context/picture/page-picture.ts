import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Lab } from '#provision/cluster/lab.ts';

const browser = '/usr/bin/chromium';
/** For each of three steps of the browser, ms; `stretch` times as long on a host that is as much slower. */
const stepMs = 15_000;

/**
 * A picture of a page in a real browser, as wide as a desktop's window.
 * @returns `taken`, or why there is none: a run is not worse for the lack of a picture
 */
export async function pagePicture(
  { repoDir, config }: Pick<Lab, 'repoDir' | 'config'>,
  url: string,
  file: string,
): Promise<string> {
  const eachMs = stepMs * config.stretch;
  const deadlineMs = 3 * eachMs;
  if (!existsSync(browser)) return 'Debian package chromium is not installed';
  const { exitCode, stderr, timedOut } = await execa(
    'nice',
    ['-n', '10', process.execPath, join(repoDir, 'dist/cli/page-picture.js'), url, file, browser, String(eachMs)],
    { reject: false, timeout: deadlineMs, forceKillAfterDelay: 2_000 },
  );
  if (exitCode === 0) return 'taken';
  return timedOut ? `no picture within ${deadlineMs / 1000} s` : stderr.split('\n')[0] || 'the browser ended';
}
