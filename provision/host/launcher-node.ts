import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

const script = 'provision/host/find-node.sh';

/**
 * The version of the Node that the launcher takes from npm where the host's does not do: `24.21.0`.
 * @throws LabError `state.checkout` when the launcher's script names none
 */
export async function launcherNodeVersion(repoDir: string): Promise<string> {
  const version = /^own_version=(\S+)$/m.exec(await readFile(join(repoDir, script), 'utf8'))?.[1];
  if (version !== undefined) return version;
  throw new LabError({
    code: 'state.checkout',
    cause: `${script} has no line own_version=VERSION, which names the Node of the launcher`,
    next: `git checkout ${script}`,
  });
}
