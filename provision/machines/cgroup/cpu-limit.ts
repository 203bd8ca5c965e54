import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hierarchy } from './hierarchies.ts';

const periodUs = 100_000;

/** The files that limit a cgroup's CPU time, with their values: `cpu.cfs_*` of cgroup v1, `cpu.max` of v2. */
export function cpuLimitFiles(version: 1 | 2, cpus: number): [file: string, value: string][] {
  const quotaUs = Math.round(cpus * periodUs);
  if (version === 2) return [['cpu.max', `${quotaUs} ${periodUs}`]];
  return [
    ['cpu.cfs_period_us', String(periodUs)],
    ['cpu.cfs_quota_us', String(quotaUs)],
  ];
}

/** Limits the CPU time of a cgroup, and all below it, to so many CPUs (at least 0.01, the kernel's smallest quota). */
export async function limitCpu(hierarchies: readonly Hierarchy[], cgroup: string, cpus: number): Promise<void> {
  for (const { mount, version } of hierarchies) {
    for (const [file, value] of cpuLimitFiles(version, cpus)) {
      const path = join(mount, cgroup, file);
      if (existsSync(path)) await writeFile(path, value);
    }
  }
}
