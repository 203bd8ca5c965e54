import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';

const tsx = join(import.meta.dirname, '../../../../../node_modules/.bin/tsx');

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-nspawn-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** What is mounted below the directory once those of core-03 were unmounted, in a mount namespace as the supervisor's. */
async function leftOf(...mounted: string[]): Promise<string[]> {
  const places = mounted.map((path) => join(dir, path));
  const mounts = places.map((place) => `mkdir -p '${place}'; mount -t tmpfs none '${place}'`);
  const program = `'${tsx}' '${join(import.meta.dirname, 'unmount-shared.ts')}' '${dir}' core-03`;
  const { stdout } = await execa('unshare', ['--mount', 'sh', '-c', ['set -e', ...mounts, program].join('\n')]);
  return (JSON.parse(stdout) as string[]).map((at) => at.slice(dir.length + 1));
}

it.runIf(process.getuid?.() === 0)('what a killed nspawn has mounted is gone, and no other machine’s', async () => {
  expect(await leftOf('unix-export/core-03', 'unix-export/core-01', 'unix-export/core-031')).toEqual([
    'unix-export/core-01',
    'unix-export/core-031',
  ]);
  const twice = ['propagate/core-03', 'propagate/core-03', 'unix-export/core-03', 'unix-export/core-03/inner'];
  expect(await leftOf(...twice)).toEqual([]);
});

it.runIf(process.getuid?.() === 0)('nothing is mounted, or there is no such directory: nothing to do', async () => {
  mkdirSync(join(dir, 'unix-export/core-03'), { recursive: true });
  expect(await leftOf()).toEqual([]);
  rmSync(dir, { recursive: true });
  expect(await leftOf()).toEqual([]);
});
