import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Copies what there is of `names` from one directory into another, each to the same place in it. Holes stay holes; where the file
 * system can share blocks, nothing is copied at all.
 * @param from absolute, as `to`, which is there
 * @param names paths in it, of files or whole directories
 */
export async function copyKept(from: string, names: readonly string[], to: string): Promise<void> {
  const there = names.filter((name) => existsSync(join(from, name)));
  if (there.length === 0) return;
  await execa('cp', ['--archive', '--parents', '--reflink=auto', '--sparse=auto', ...there, to], { cwd: from });
}

/** What files take of the host's disk, bytes; one that is not there takes nothing. */
export async function takenBytes(files: readonly string[]): Promise<number> {
  const stats = await Promise.all(files.map(async (file) => stat(file).catch(() => undefined)));
  // Of stat(2): blocks are of 512 bytes.
  return stats.reduce((sum, one) => sum + (one?.blocks ?? 0) * 512, 0);
}
