import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enableControllers } from './controllers.ts';
import { cpuLimitFiles } from './cpu-limit.ts';
import type { Hierarchy } from './hierarchies.ts';

export interface Limits {
  readonly memoryBytes: number;
  readonly cpus: number;
}

const maxProcesses = 16_384;

/**
 * Makes the machine's cgroup in every hierarchy and sets its limits. The machine itself runs one level below
 * (`machine/`), so that root inside it cannot raise them.
 * @returns the `cgroup.procs` files a process must be written into to run inside the limits
 */
export async function createMachineCgroup(
  hierarchies: readonly Hierarchy[],
  base: string,
  machine: string,
  limits: Limits,
): Promise<string[]> {
  const procs: string[] = [];
  for (const hierarchy of hierarchies) {
    const lab = await makeLabCgroup(hierarchy, base);
    const limited = await makeCgroup(hierarchy, lab, machine);
    await setLimits(hierarchy, limited, limits);
    procs.push(join(await makeCgroup(hierarchy, limited, 'machine'), 'cgroup.procs'));
  }
  return procs;
}

/**
 * Makes the cgroup of a lab's supervisor in every hierarchy, beside those of its machines: it must not end with the session,
 * the unit or the CI job that called `lab up`, and systemd-nspawn gives a machine only controllers that its own PID 1 has.
 * @returns the `cgroup.procs` files that a process must be written into to be in it
 */
export async function createSupervisorCgroup(hierarchies: readonly Hierarchy[], base: string): Promise<string[]> {
  const procs: string[] = [];
  for (const hierarchy of hierarchies) {
    const lab = await makeLabCgroup(hierarchy, base);
    procs.push(join(await makeCgroup(hierarchy, lab, 'supervisor'), 'cgroup.procs'));
  }
  return procs;
}

async function makeLabCgroup(hierarchy: Hierarchy, base: string): Promise<string> {
  let path = hierarchy.mount;
  for (const level of base.split('/')) {
    path = await makeCgroup(hierarchy, path, level);
    await giveWeight(hierarchy, path);
  }
  return path;
}

async function makeCgroup(hierarchy: Hierarchy, parent: string, name: string): Promise<string> {
  await enableControllers(hierarchy, parent);
  const path = join(parent, name);
  await mkdir(path, { recursive: true });
  if (hierarchy.controllers.includes('cpuset')) await inheritCpuset(parent, path);
  return path;
}

/** A v1 cpuset accepts no process before it has CPUs and memory nodes. */
async function inheritCpuset(parent: string, child: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const current = (await readFile(join(child, file), 'utf8')).trim();
    if (current === '') await writeFile(join(child, file), (await readFile(join(parent, file), 'utf8')).trim());
  }
}

/**
 * The whole lab is one entry in the host's run queue, beside every single process of the host: with the default weight a
 * compiler running with four jobs would leave it a fifth of the CPU, and etcd would lose its leader.
 */
async function giveWeight(hierarchy: Hierarchy, path: string): Promise<void> {
  const [file, value] = hierarchy.version === 1 ? ['cpu.shares', '16384'] : ['cpu.weight', '1600'];
  if (existsSync(join(path, file))) await writeFile(join(path, file), value);
}

async function setLimits(hierarchy: Hierarchy, path: string, limits: Limits): Promise<void> {
  const v1: [file: string, value: string][] = [
    ['memory.limit_in_bytes', String(limits.memoryBytes)],
    ['memory.memsw.limit_in_bytes', String(limits.memoryBytes)],
    ...cpuLimitFiles(1, limits.cpus),
  ];
  const v2: [file: string, value: string][] = [
    ['memory.max', String(limits.memoryBytes)],
    ['memory.swap.max', '0'],
    ...cpuLimitFiles(2, limits.cpus),
  ];
  for (const [file, value] of [...(hierarchy.version === 1 ? v1 : v2), ['pids.max', String(maxProcesses)] as const]) {
    if (existsSync(join(path, file))) await writeFile(join(path, file), value);
  }
}

/** PIDs (as this process sees them) in a cgroup and everything below it, over all hierarchies. */
export async function cgroupProcesses(hierarchies: readonly Hierarchy[], cgroup: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const { mount } of hierarchies) {
    for (const directory of await cgroupTree(join(mount, cgroup))) {
      const text = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const pid of text.split('\n').map(Number)) if (pid > 0) pids.add(pid);
    }
  }
  return [...pids];
}

/** Removes a cgroup and everything below it in every hierarchy. Returns the directories that are still busy. */
export async function removeCgroup(hierarchies: readonly Hierarchy[], cgroup: string): Promise<string[]> {
  const busy: string[] = [];
  for (const { mount } of hierarchies) {
    for (const directory of (await cgroupTree(join(mount, cgroup))).reverse()) {
      await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') busy.push(directory);
      });
    }
  }
  return busy;
}

/** The directory and all below it, parents first. */
export async function cgroupTree(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((e) => e.isDirectory()).map((e) => cgroupTree(join(directory, e.name))),
  );
  return [directory, ...below.flat()];
}
