import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';

/**
 * What `lab up` of this checkout needs of the lab's cache when it runs with a certain Node: made on the host, where it
 * takes a minute, because in an emulated guest it takes twenty.
 * @param node program that the lab will run with; it becomes the machines' own
 * @param cacheDir the lab's cache
 * @returns directories, relative to `cacheDir`
 * @throws LabError `command.node` with the last lines of what failed
 */
export async function ensureLabCaches(
  node: string,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const repoDir = join(import.meta.dirname, '../../..');
  const child = execa('nice', [node, '--import', 'tsx', join(import.meta.dirname, 'lab-caches-main.ts'), cacheDir], {
    cwd: repoDir,
    reject: false,
    stdin: 'ignore',
    timeout: 30 * 60_000,
    stderr: function* (line: unknown) {
      onProgress(String(line));
      yield line;
    },
  });
  const { failed, stdout, stderr } = await child;
  if (!failed) return JSON.parse(stdout) as string[];
  throw new LabError({
    code: 'command.node',
    cause: `the lab's images could not be made with ${node}`,
    evidence: stderr.split('\n').slice(-15),
    next: './lab up, which makes the same images',
  });
}
