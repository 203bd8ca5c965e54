import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { takeFlock } from '../../host/flock.ts';
import type { Hierarchy } from './hierarchies.ts';

/** What limits a machine, and what its Docker engine and the fault `slow-disk` want beside that. */
export const wantedControllers = ['memory', 'cpu', 'pids', 'cpuset', 'io'] as const;

/** Which controllers labs of this host have enabled in its root cgroup, one a line. Gone with the last lab, and at a reboot. */
const recordFile = '/run/coreos-lab/enabled-controllers';

const lockDeadlineS = '10';

/**
 * v2 only: a controller works in a cgroup when its parent lists it in `cgroup.subtree_control`. Enables in `path` what labs
 * want and the host has. In the host's root cgroup what was off before is recorded first, for `disableControllers`.
 * Source: kernel documentation, cgroup-v2, "Enabling and Disabling".
 */
export async function enableControllers(hierarchy: Hierarchy, path: string): Promise<void> {
  if (hierarchy.version !== 2) return;
  if ((await controllersToEnable(path)).length === 0) return;
  if (path !== hierarchy.mount) return write(path, '+', await controllersToEnable(path));
  await locked(path, async () => {
    const lacking = await controllersToEnable(path);
    await mkdir(dirname(recordFile), { recursive: true });
    await writeFile(recordFile, [...new Set([...(await recorded()), ...lacking])].map((name) => `${name}\n`).join(''));
    await write(path, '+', lacking);
  });
}

/**
 * Puts the host's root cgroup back as it was before the first lab. Does nothing while a lab has a cgroup. What somebody
 * else uses by now (systemd, for a unit that wants it) stays on: the kernel says EBUSY.
 * @param labs the cgroup of all labs, below the hierarchy's mount point
 */
export async function disableControllers(hierarchies: readonly Hierarchy[], labs: string): Promise<void> {
  for (const { mount, version } of hierarchies) {
    if (version !== 2 || !existsSync(recordFile)) continue;
    await locked(mount, async () => {
      if (existsSync(join(mount, labs))) return;
      for (const name of await recorded())
        await write(mount, '-', [name]).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EBUSY') throw error;
        });
      await rm(recordFile, { force: true });
    });
  }
}

async function controllersToEnable(path: string): Promise<string[]> {
  const words = async (file: string) => (await readFile(join(path, file), 'utf8')).split(/\s+/);
  return lackingControllers(await words('cgroup.controllers'), await words('cgroup.subtree_control'));
}

/** Those of the wanted that are there and not enabled. Pure. */
export function lackingControllers(available: readonly string[], enabled: readonly string[]): string[] {
  return wantedControllers.filter((name) => available.includes(name) && !enabled.includes(name));
}

async function recorded(): Promise<string[]> {
  return (await readFile(recordFile, 'utf8').catch(() => '')).split('\n').filter(Boolean);
}

async function write(path: string, sign: '+' | '-', controllers: readonly string[]): Promise<void> {
  await writeFile(join(path, 'cgroup.subtree_control'), controllers.map((name) => `${sign}${name}`).join(' '));
}

/** Two labs that begin or end at once: the lock is on the directory itself, so that nothing is left of it. */
async function locked(mount: string, work: () => Promise<void>): Promise<void> {
  const release = await takeFlock(mount, ['--timeout', lockDeadlineS]);
  if (typeof release === 'string') {
    throw new LabError({
      code: 'busy.cgroups',
      cause: `another lab has been changing the controllers of ${mount} for ${lockDeadlineS} s`,
      next: `fuser -v ${mount}`,
    });
  }
  try {
    await work();
  } finally {
    await release();
  }
}
