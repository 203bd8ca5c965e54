import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText } from '#provision/host/read-text.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-text-'));
  writeFileSync(join(dir, 'text'), 'é\n');
  writeFileSync(join(dir, 'empty'), '');
  symlinkSync('nowhere', join(dir, 'dangling'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a text file', () => {
  it('is its text, an empty one the empty text', async () => {
    expect(await readText(join(dir, 'text'))).toBe('é\n');
    expect(await readText(join(dir, 'empty'))).toBe('');
  });

  it.each(['none', 'none/at/all', 'text/below', 'dangling'])('that is not there is undefined: %s', async (name) => {
    expect(await readText(join(dir, name))).toBeUndefined();
  });

  it('of a process that has ended is undefined', async () => {
    const pidMax = Number(await readText('/proc/sys/kernel/pid_max'));
    expect(await readText(`/proc/${pidMax + 1}/cmdline`)).toBeUndefined();
  });

  it('that is there and cannot be read is an error', async () => {
    mkdirSync(join(dir, 'directory'));
    symlinkSync('loop', join(dir, 'loop'));
    await expect(readText(join(dir, 'directory'))).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(readText(join(dir, 'loop'))).rejects.toMatchObject({ code: 'ELOOP' });
  });
});
