import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';

/** CPU time of a lab over a while, per cent of one core. */
export interface LabCpu {
  /** Of all that runs in the lab: its machines with their containers, and its own services on the host. */
  readonly percent: number;
  /** Of programs that were there all the time, the dearest first: the name, and all its processes together. */
  readonly programs: readonly (readonly [name: string, percent: number])[];
  /** Of what came or went meanwhile. */
  readonly passingPercent: number;
}

/**
 * Looks at a lab's control group and its processes at the beginning and at the end, and does nothing meanwhile. Sources: cgroups(7) (cpuacct.usage,
 * or cpu.stat of version 2), proc(5).
 * @param cgroup the lab's, below each hierarchy (LabPaths.cgroup)
 */
export async function labCpu(cgroup: string, forMs: number): Promise<LabCpu> {
  const usage = await usageReader(cgroup);
  const before = { seconds: await usage(), processes: await processesIn(cgroup), at: performance.now() };
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const after = { seconds: await usage(), processes: await processesIn(cgroup), at: performance.now() };
  const percent = (seconds: number) => (seconds * 100_000) / (after.at - before.at);
  const programs = new Map<string, number>();
  for (const [id, { name, seconds }] of after.processes) {
    const earlier = before.processes.get(id);
    if (earlier) programs.set(name, (programs.get(name) ?? 0) + percent(seconds - earlier.seconds));
  }
  const total = percent(after.seconds - before.seconds);
  const staying = [...programs.values()].reduce((sum, one) => sum + one, 0);
  return {
    percent: total,
    programs: [...programs].sort(([, a], [, b]) => b - a),
    passingPercent: Math.max(0, total - staying),
  };
}

/** Reads the seconds of CPU time that a control group has had. */
async function usageReader(cgroup: string): Promise<() => Promise<number>> {
  for (const { mount, version, controllers } of await hostHierarchies()) {
    const file = join(mount, cgroup, version === 1 ? 'cpuacct.usage' : 'cpu.stat');
    if (!existsSync(file) || (version === 1 && !controllers.includes('cpuacct'))) continue;
    return async () => {
      const text = await readFile(file, 'utf8');
      return version === 1 ? Number(text) / 1e9 : Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e6;
    };
  }
  throw new LabError({
    code: 'state.lab-down',
    cause: `no CPU time is counted for ${cgroup}`,
    next: 'lab up, then measure again',
  });
}

/** Of each process: what it is called, and the seconds of CPU time it has had. By PID and start: a PID may come again. */
async function processesIn(cgroup: string): Promise<Map<string, { name: string; seconds: number }>> {
  const found = new Map<string, { name: string; seconds: number }>();
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [where, stat, words] = await Promise.all(
      ['cgroup', 'stat', 'cmdline'].map((file) => readFile(join('/proc', pid, file), 'utf8').catch(() => '')),
    );
    if (where === undefined || stat === undefined || !where.includes(`/${cgroup}/`)) continue;
    const [, comm = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
    const fields = rest.split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    found.set(`${pid} ${fields[19]}`, { name: nameOf(comm, words ?? ''), seconds: ticks / ticksPerSecond });
  }
  return found;
}

/** USER_HZ, which Linux shows to programs whatever the kernel's own clock is. */
const ticksPerSecond = 100;

/** A script is called by its own name, not by Node's. */
function nameOf(comm: string, cmdline: string): string {
  const [program = '', script] = cmdline.split('\0');
  return basename(program) === 'node' && script !== undefined && /\.[cm]?js$/.test(script) ? basename(script) : comm;
}
