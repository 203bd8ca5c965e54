import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bulkOf, removeFiller } from '#provision/machines/nspawn/fill-disk.ts';

const mebibyte = 1024 * 1024;

it('what is little is written whole; of what is much all but as little is allocated only', () => {
  expect([0, mebibyte, 8 * mebibyte].map(bulkOf)).toEqual([0, 0, 0]);
  expect(bulkOf(16 * 1024 * mebibyte)).toBe((16 * 1024 - 8) * mebibyte);
});

it('only the filler is removed, and there need not be one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-disk-'));
  try {
    for (const name of ['filler.0', 'filler.tail', 'upper']) writeFileSync(join(dir, name), '');
    await removeFiller(dir);
    await removeFiller(dir);
    expect(['filler.0', 'filler.tail', 'upper'].filter((name) => existsSync(join(dir, name)))).toEqual(['upper']);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
