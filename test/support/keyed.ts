import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from '#provision/image/build-lock.ts';
import { exists, publish, removeDebris } from '#provision/image/cache.ts';

const dayMs = 86_400_000;

/**
 * A directory of the tests' cache, made when it is not there. What its siblings are, and nobody has asked for in a day, is
 * removed when one is made: each is gigabytes, and belongs to an earlier state of the checkout.
 * @param keyed.parent of it and of those that it takes the place of
 * @param keyed.make fills the directory it is given; when it throws, nothing is left
 * @returns its path
 * @throws LabError `timeout.build-lock`, or whatever `make` throws
 */
export async function ensureKeyed(keyed: {
  parent: string;
  key: string;
  make: (directory: string) => Promise<void>;
  onProgress: (line: string) => void;
}): Promise<string> {
  const { parent, key, make, onProgress } = keyed;
  const directory = join(parent, key);
  if (!(await exists(directory))) {
    const onWait = (holder: string) => onProgress(`${holder} is making ${directory}; waiting`);
    await withBuildLock(parent, onWait, async () => {
      if (await exists(directory)) return;
      await removeDebris(parent);
      await publish(parent, key, make);
      await removeForgotten(parent);
    });
  }
  const now = new Date();
  await utimes(directory, now, now);
  return directory;
}

async function removeForgotten(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    const forgotten = /^[0-9a-f]{32}$/.test(name) && (await stat(path)).mtimeMs < Date.now() - dayMs;
    if (forgotten) await rm(path, { recursive: true, force: true });
  }
}
