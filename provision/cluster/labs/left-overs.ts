import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LeftOver } from '../../host/remedy/plan-remedies.ts';
import { cgroupProcesses } from '../../machines/cgroup/machine-cgroup.ts';
import { type Hierarchy, hostHierarchies } from '../../machines/cgroup/hierarchies.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';
import { runningSpecFiles } from '../../machines/ground/supervisor-process.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import { withLabLock } from '../parts/lab-lock.ts';

/** Every lab's, whatever its name. */
const places = { run: dirname(labPaths('x', '/').runDir), cgroups: dirname(labPaths('x', '/').cgroup) };

/**
 * What labs left on this host that run no more, because they were killed or because their directory was deleted. Reads only.
 * @param stateDir of this checkout's lab: the disks of others are looked for beside it
 */
export async function findLeftOvers(stateDir: string): Promise<LeftOver[]> {
  const hierarchies = await hostHierarchies();
  const running = runningLabs();
  const trees = await Promise.all(hierarchies.map(({ mount }) => directoriesOf(join(mount, places.cgroups))));
  const names = new Set([...(await directoriesOf(places.run)), ...trees.flat()]);
  const looked = [...names]
    .filter((name) => !running.has(name))
    .sort()
    .map(async (lab): Promise<LeftOver> => {
      const dir = join(dirname(stateDir), lab);
      return { lab, stateDir: dir, isLab: existsSync(dir), what: await whatIsLeft(lab, dir, hierarchies) };
    });
  return (await Promise.all(looked)).filter(({ what }) => what.length > 0);
}

/**
 * Clears it away, unless the lab is up again or another command works on it. Disks are kept.
 * @throws LabError `busy.lab`
 */
export async function clearLeftOver(left: LeftOver, provider: Pick<MachineProvider, 'endGround'>): Promise<void> {
  const paths = labPaths(left.lab, left.stateDir);
  await withLabLock(paths, 'lab doctor --fix', async () => {
    if (runningLabs().has(left.lab)) return;
    if ((await whatIsLeft(left.lab, left.stateDir, await hostHierarchies())).length === 0) return;
    await provider.endGround();
    if (left.isLab) return;
    for (const entry of await readdir(paths.runDir).catch(() => []))
      if (join(paths.runDir, entry) !== paths.lockFile) await rm(join(paths.runDir, entry), { recursive: true });
  });
}

function runningLabs(): ReadonlySet<string> {
  return new Set(runningSpecFiles().map((file) => basename(dirname(file))));
}

async function whatIsLeft(lab: string, stateDir: string, hierarchies: readonly Hierarchy[]): Promise<string[]> {
  const { cgroup, hostLink, runDir, lockFile, scenarioLockFile } = labPaths(lab, stateDir);
  const processes = await cgroupProcesses(hierarchies, cgroup);
  const hasCgroup = hierarchies.some(({ mount }) => existsSync(join(mount, cgroup)));
  const entries = existsSync(stateDir) ? [] : await readdir(runDir).catch(() => []);
  const locks = [lockFile, scenarioLockFile].map((file) => basename(file));
  return [
    ...(processes.length === 0 ? [] : [`${processes.length} ${processes.length === 1 ? 'process' : 'processes'}`]),
    ...(hasCgroup ? [`control group ${cgroup}`] : []),
    ...(existsSync(`/sys/class/net/${hostLink}`) ? [`link ${hostLink}`] : []),
    ...(entries.some((name) => !locks.includes(name)) ? [runDir] : []),
  ];
}

async function directoriesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
