import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkContext, contextLimits } from '#provision/image/own/check-context.ts';
import { ignoredFiles } from '#provision/image/own/ignored-files.ts';

describe('.dockerignore', () => {
  it.each([
    ['node_modules', 'node_modules/x/y.js', true],
    ['node_modules', 'sub/node_modules/y.js', false],
    ['**/node_modules', 'sub/node_modules/y.js', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['/dist/', 'dist/a', true],
    ['*\n!kept.txt', 'kept.txt', false],
    ['*\n!kept.txt', 'other.txt', true],
    ['# a comment\n\n', 'a', false],
    ['a.b', 'axb', false],
    ['data?', 'data1/x', true],
  ])('%j and %s', (text, path, isIgnored) => {
    expect(ignoredFiles(text)(path)).toBe(isIgnored);
  });
});

describe('a context', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lab-context-'));
    mkdirSync(join(dir, 'disks'));
    writeFileSync(join(dir, 'disks/a.img'), '');
    writeFileSync(join(dir, 'app.js'), '1');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('of two gigabytes is refused, with what is large in it and what leaves it out', async () => {
    truncateSync(join(dir, 'disks/a.img'), 2e9);
    await expect(checkContext(dir)).rejects.toMatchObject({
      code: 'input.image-context',
      message: `${dir} has more than 1000 MB, all of which the build would be given`,
      evidence: expect.arrayContaining(['disks: at least 2000 MB']) as string[],
      next: expect.stringContaining("'disks' >>") as string,
    });
    writeFileSync(join(dir, '.dockerignore'), 'disks\n');
    await checkContext(dir);
  });

  it('of too many files is refused', async () => {
    await checkContext(dir, { ...contextLimits, files: 2 });
    await expect(checkContext(dir, { ...contextLimits, files: 1 })).rejects.toThrow('more than 1 files');
  });
});
