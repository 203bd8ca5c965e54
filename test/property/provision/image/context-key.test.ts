import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256File } from '#provision/image/file-digests.ts';
import { contextEntries, contextKey } from '#provision/image/containers/build-context.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9.]{0,5}$/);
/** Directories and file names use different endings, so that no path is both. */
const filePath = fc
  .tuple(
    fc.array(
      name.map((n) => `${n}.d`),
      { maxLength: 2 },
    ),
    name,
  )
  .map(([dirs, file]) => [...dirs, `${file}_`].join('/'));
const tree = fc.dictionary(filePath, fc.uint8Array({ maxLength: 20 }), { minKeys: 1, maxKeys: 6 });

async function keyOf(files: Record<string, Uint8Array>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lab-context-'));
  try {
    for (const [file, bytes] of Object.entries(files)) {
      const target = path.join(dir, 'dist', file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
    await writeFile(path.join(dir, 'not-copied'), String(Math.random()));
    return contextKey(contextEntries(dir, [{ text: 'dist/', line: 1 }], 'Dockerfile'), sha256File);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('two contexts have the same key exactly when they hold the same files with the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (one, other) => {
      const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
      expect((await keyOf(one)) === (await keyOf(other))).toBe(same);
    }),
    { numRuns: 40 },
  );
});

test('changing, adding or removing one byte of one file changes the key, and changing it back restores it', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.nat(), fc.nat(), async (files, which, where) => {
      const before = await keyOf(files);
      const file = Object.keys(files)[which % Object.keys(files).length] ?? '';
      const bytes = files[file] ?? new Uint8Array();
      const flipped = Uint8Array.from(bytes, (byte, i) => (i === where % bytes.length ? byte ^ 1 : byte));
      const variants = [Uint8Array.from([...bytes, 0]), ...(bytes.length > 0 ? [flipped, bytes.slice(1)] : [])];
      for (const variant of variants) expect(await keyOf({ ...files, [file]: variant })).not.toBe(before);
      expect(await keyOf({ ...files, [file]: bytes })).toBe(before);
    }),
    { numRuns: 20 },
  );
});
