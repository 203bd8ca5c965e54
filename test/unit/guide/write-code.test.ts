import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeCode } from '#guide/walk/write-code.ts';
import { readOwnDockerfile } from '#provision/image/own/read-own-dockerfile.ts';

const repoDir = join(import.meta.dirname, '../../..');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-code-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it("puts the chapter's files where the chapter types them", async () => {
  const { written, kept } = await writeCode(repoDir, dir);
  expect(kept).toEqual([]);
  expect(written).toEqual(
    expect.arrayContaining([
      'code/ch6/couchbase@.service',
      'code/ch6/memcached-sidekick@.service',
      'code/ch6/webapp/web@.service',
      'code/ch6/worker/worker.service',
      'code/ch6/worker/.dockerignore',
    ]),
  );
  for (const app of ['worker', 'webapp']) {
    const at = join(dir, 'code/ch6', app);
    const { scripts } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { scripts: { start: string } };
    expect(existsSync(join(at, scripts.start.replace('node ', '')))).toBe(true);
    const { bases } = readOwnDockerfile(readFileSync(join(at, 'Dockerfile'), 'utf8'), 'Dockerfile');
    expect(bases.map(({ text }) => text)).toEqual(['library/node:onbuild']);
  }
});

it("touches no file of the reader's, and no link", async () => {
  mkdirSync(join(dir, 'code/ch6/worker'), { recursive: true });
  writeFileSync(join(dir, 'code/ch6/worker/worker.js'), 'mine');
  symlinkSync(join(dir, 'nowhere'), join(dir, 'code/ch6/worker/package.json'));
  const { written, kept } = await writeCode(repoDir, dir);
  expect(kept).toEqual(['code/ch6/worker/package.json', 'code/ch6/worker/worker.js']);
  expect(written).toContain('code/ch6/worker/Dockerfile');
  expect(readFileSync(join(dir, 'code/ch6/worker/worker.js'), 'utf8')).toBe('mine');
  expect(existsSync(join(dir, 'nowhere'))).toBe(false);
  const again = await writeCode(repoDir, dir);
  expect(again.written).toEqual([]);
});

it('says where it cannot write', async () => {
  writeFileSync(join(dir, 'code'), 'a file');
  await expect(writeCode(repoDir, dir)).rejects.toMatchObject({ code: 'state.guide-file' });
});
