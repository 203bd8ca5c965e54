import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hierarchy } from './hierarchies.ts';

/**
 * Gives a cgroup, and all below it, another limit of memory while processes run in it. Nobody is killed for a lower one: the
 * kernel takes caches back first, and when that does not suffice the old limit stays.
 * Sources: kernel documentation, cgroup-v1/memory (`memory.limit_in_bytes` fails with EBUSY; `memsw` is never below it) and
 * cgroup-v2 (`memory.max` kills; a write to `memory.high` reclaims at once and kills nobody).
 * @returns false where more is in use
 */
export async function limitMemory(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
  memoryBytes: number,
): Promise<boolean> {
  for (const { mount, version } of hierarchies) {
    const directory = join(mount, cgroup);
    const limit = version === 1 ? limitV1 : limitV2;
    if (existsSync(join(directory, version === 1 ? 'memory.limit_in_bytes' : 'memory.max')))
      return limit(directory, memoryBytes);
  }
  return true;
}

async function limitV1(directory: string, memoryBytes: number): Promise<boolean> {
  const memory = join(directory, 'memory.limit_in_bytes');
  const withSwap = join(directory, 'memory.memsw.limit_in_bytes');
  const grows = memoryBytes > Number(await readFile(memory, 'utf8'));
  const files = (grows ? [withSwap, memory] : [memory, withSwap]).filter((file) => existsSync(file));
  try {
    for (const file of files) await writeFile(file, String(memoryBytes));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    return false;
  }
}

async function limitV2(directory: string, memoryBytes: number): Promise<boolean> {
  const high = join(directory, 'memory.high');
  const before = (await readFile(high, 'utf8')).trim();
  await writeFile(high, String(memoryBytes));
  try {
    if (Number(await readFile(join(directory, 'memory.current'), 'utf8')) > memoryBytes) return false;
    await writeFile(join(directory, 'memory.max'), String(memoryBytes));
    return true;
  } finally {
    await writeFile(high, before);
  }
}
