import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LabPaths } from '../ground/lab-paths.ts';

/**
 * Lays a layer of the lab's own over the registry's storage, which all labs share and nobody may write: what is pushed is in the lab's state
 * directory, and goes with it. Lives in the mount namespace of the caller only.
 * @returns the directory to serve
 */
export async function mountRegistryLayer(
  { stateDir, runDir }: Pick<LabPaths, 'stateDir' | 'runDir'>,
  storage: string,
): Promise<string> {
  const [upper, work] = [join(stateDir, 'registry/pushed'), join(stateDir, 'registry/work')];
  const merged = join(runDir, 'registry');
  for (const directory of [upper, work, merged]) await mkdir(directory, { recursive: true });
  // Without an index another storage may lie below it next time. It is named by where mount stands: its path may have `:` or `,`.
  const options = `lowerdir=.,upperdir=${upper},workdir=${work},index=off`;
  await execa('mount', ['-t', 'overlay', 'coreos-lab-registry', '-o', options, merged], { cwd: storage });
  return merged;
}
