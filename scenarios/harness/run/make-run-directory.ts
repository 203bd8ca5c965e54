import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes `runs/<scenario>/<time>/` and points `runs/<scenario>/latest` at it. Two runs in one second get two directories. */
export async function makeRunDirectory(repoDir: string, scenario: string, startedAt: Date): Promise<string> {
  const parent = join(repoDir, 'runs', scenario);
  await mkdir(parent, { recursive: true });
  const time = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  for (let copy = 1; ; copy += 1) {
    const name = copy === 1 ? time : `${time}.${copy}`;
    const made = await mkdir(join(parent, name)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (!made) continue;
    await rm(join(parent, 'latest'), { force: true });
    await symlink(name, join(parent, 'latest'));
    return join(parent, name);
  }
}
