import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileDigests } from '#provision/image/file-digests.ts';

let dir = '';
let memory = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-digests-'));
  [memory, file] = [path.join(dir, 'cache/memory.json'), path.join(dir, 'large')];
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const large = (fill: string) => fill.repeat(300_000);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const later = () => Date.now() + 60_000;

async function digestAt(clock: () => number): Promise<string> {
  const digests = await openFileDigests(memory, clock);
  const digest = digests.digest(file);
  await digests.save();
  return digest;
}

/** Puts a wrong digest into the memory: whoever returns it did not read the file. */
async function poisonMemory(): Promise<void> {
  await writeFile(memory, (await readFile(memory, 'utf8')).replace(/[0-9a-f]{64}/g, '0'.repeat(64)));
}

test('a settled large file is read once', async () => {
  await writeFile(file, large('a'));
  expect(await digestAt(later)).toBe(sha256(large('a')));
  await poisonMemory();
  expect(await digestAt(later)).toBe('0'.repeat(64));
});

test('a changed file is read again, also when its size and modification time are put back', async () => {
  await writeFile(file, large('a'));
  await utimes(file, 1, 1);
  await digestAt(later);
  await poisonMemory();
  await writeFile(file, large('b'));
  await utimes(file, 1, 1);
  expect(await digestAt(later)).toBe(sha256(large('b')));
});

test('a file changed just now and a small file are not remembered', async () => {
  await writeFile(file, large('a'));
  await digestAt(Date.now);
  await expect(readFile(memory)).rejects.toThrow('ENOENT');
  await writeFile(file, 'small');
  expect(await digestAt(later)).toBe(sha256('small'));
  await expect(readFile(memory)).rejects.toThrow('ENOENT');
});

test.each(['', 'no json', 'null', '{"x": 1}', '[[]]'])('a damaged memory (%j) is an empty one', async (text) => {
  await writeFile(file, large('a'));
  await digestAt(later);
  await writeFile(memory, text);
  expect(await digestAt(later)).toBe(sha256(large('a')));
});
