import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { readableJournalDir } from '#provision/machines/nspawn/read-journal.ts';
import { refuseOldDisks } from '#provision/machines/nspawn/disk-image.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-disks-'))));
afterEach(() => rmSync(dir, { recursive: true }));

it('a machine whose disk is a plain directory is refused by name, with the way out', () => {
  const paths = labPaths('unit', dir);
  mkdirSync(join(paths.machine('core-02').dir, 'upper'), { recursive: true });
  expect(() => refuseOldDisks(paths, ['core-01', 'core-02'])).toThrow(
    expect.objectContaining({
      code: 'state.old-disk',
      message: expect.stringContaining('core-02') as string,
      next: expect.stringContaining('lab destroy') as string,
    }) as Error,
  );
});

it('machines with an image, and machines that are not there yet, are taken', () => {
  const paths = labPaths('unit', dir);
  mkdirSync(paths.machine('core-01').upper, { recursive: true });
  expect(() => refuseOldDisks(paths, ['core-01', 'core-02'])).not.toThrow();
});

it("without a supervisor a machine's journal is looked for at its plain place", () => {
  const paths = labPaths('unit', dir);
  expect(readableJournalDir(paths)('core-01')).toBe(paths.machine('core-01').journalDir);
});
