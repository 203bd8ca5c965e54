import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';

const tsx = join(import.meta.dirname, '../../../../../node_modules/.bin/tsx');

let dir: string;
beforeEach(() => {
  // Not in /tmp, which may be an overlay itself.
  dir = mkdtempSync('/var/tmp/lab-overlay-');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it.runIf(process.getuid?.() === 0).each([
  ['plain', 'state'],
  ['cache, of two:parts', 'a state'],
  [String.raw`back\slash`, "o'brien"],
  ["per%cent 'n $HOME", 'größe 漢'],
])('an image in %j is the lower layer of a machine in %j', async (cache, state) => {
  const osRoot = join(dir, cache, 'root');
  mkdirSync(join(osRoot, 'etc'), { recursive: true });
  writeFileSync(join(osRoot, 'etc/os'), cache);
  const program = [tsx, join(import.meta.dirname, 'mount-root.ts'), osRoot, join(dir, state)];
  // In a mount namespace, as the supervisor does.
  const { stdout } = await execa('unshare', ['--mount', ...program]);
  expect(JSON.parse(stdout)).toEqual([cache, true, false]);
  expect(existsSync(labPaths('lab', join(dir, state)).machine('core-01').upper)).toBe(true);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(dir);
});
