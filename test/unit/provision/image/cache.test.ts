import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentKey, publish, removeDebris, withWorkDirectory } from '#provision/image/cache.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-cache-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

test('parts of a key are framed: moving a boundary makes another key', () => {
  expect(contentKey(['ab', 'c'])).not.toBe(contentKey(['a', 'bc']));
  expect(contentKey(['ü'])).toBe(contentKey([Buffer.from('ü')]));
  expect(contentKey(['a'])).toMatch(/^[0-9a-f]{32}$/);
});

describe('publish', () => {
  test('leaves the finished directory and nothing else', async () => {
    const target = await publish(dir, 'k', (content) => writeFile(path.join(content, 'file'), 'x'));
    expect(await readdir(dir)).toEqual(['k']);
    expect(await readFile(path.join(target, 'file'), 'utf8')).toBe('x');
  });

  test('leaves nothing when the content cannot be made', async () => {
    await expect(publish(dir, 'k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readdir(dir)).toEqual([]);
  });

  test('the first of two with the same key stays', async () => {
    await publish(dir, 'k', (content) => writeFile(path.join(content, 'file'), 'first'));
    await publish(dir, 'k', (content) => writeFile(path.join(content, 'file'), 'second'));
    expect(await readFile(path.join(dir, 'k/file'), 'utf8')).toBe('first');
  });
});

test('debris is what a work directory leaves when its process is killed, and only that', async () => {
  await publish(dir, 'k', (content) => writeFile(path.join(content, 'file'), 'x'));
  await withWorkDirectory(dir, async (work) => {
    await writeFile(path.join(work, 'half'), 'made');
    // The state a killed process leaves behind: no one runs the clean-up.
    expect(await removeDebris(dir)).toEqual([path.basename(work)]);
  });
  expect(await readdir(dir)).toEqual(['k']);
});
