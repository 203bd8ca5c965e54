import { mkdtemp, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRunDirectory } from '#scenarios/harness/run/make-run-directory.ts';

let repo = '';
beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), 'run-directory-'));
});
afterEach(() => rm(repo, { recursive: true }));

it('two runs in the same second have two directories, and latest is the newer', async () => {
  const at = new Date('2026-01-02T03:04:05.600Z');
  const [first, second] = [await makeRunDirectory(repo, 'quorum', at), await makeRunDirectory(repo, 'quorum', at)];
  expect([first, second].map((path) => basename(path))).toEqual(['2026-01-02T03-04-05', '2026-01-02T03-04-05.2']);
  for (const path of [first, second]) expect((await stat(path)).isDirectory()).toBe(true);
  expect(await readlink(join(repo, 'runs/quorum/latest'))).toBe(basename(second));
});
