import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Hierarchy, hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { cgroupProcesses, createMachineCgroup, removeCgroup } from '#provision/machines/cgroup/machine-cgroup.ts';

// Real cgroups of this host (so these tests need root), under a name that no lab has.
const base = `coreos-lab-test-${process.pid}`;
const limits = { memoryBytes: 64 * 1024 * 1024, cpus: 0.5 };
let hierarchies: Hierarchy[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  hierarchies = await hostHierarchies();
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  // The kernel may take a moment until the last process of it is buried.
  await expect.poll(() => removeCgroup(hierarchies, base)).toEqual([]);
});

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A process that runs inside the limits. */
function inside(procs: readonly string[]): { child: ChildProcess; pid: number } {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('sleep did not start');
  for (const file of procs) writeFileSync(file, String(child.pid));
  return { child, pid: child.pid };
}

/** What stands in a file of a cgroup, in whichever hierarchy has it. */
function read(cgroup: string, file: string): string | undefined {
  const path = hierarchies.map(({ mount }) => join(mount, cgroup, file)).find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
}

const directories = () => hierarchies.map(({ mount }) => join(mount, base)).filter((path) => existsSync(path));

describe("a machine's cgroup", () => {
  it('limits memory and CPU time, as can be read back', async () => {
    await createMachineCgroup(hierarchies, base, 'core-01', limits);
    const memory = read(`${base}/core-01`, 'memory.limit_in_bytes') ?? read(`${base}/core-01`, 'memory.max');
    expect(memory).toBe(String(limits.memoryBytes));
    const quota = read(`${base}/core-01`, 'cpu.cfs_quota_us') ?? read(`${base}/core-01`, 'cpu.max')?.split(' ')[0];
    const period = read(`${base}/core-01`, 'cpu.cfs_period_us') ?? read(`${base}/core-01`, 'cpu.max')?.split(' ')[1];
    expect(Number(quota) / Number(period)).toBe(limits.cpus);
    expect(read(`${base}/core-01`, 'pids.max')).toBe('16384');
  });

  it('cannot make up for its memory limit with swap', async () => {
    await createMachineCgroup(hierarchies, base, 'core-01', limits);
    const v1 = read(`${base}/core-01`, 'memory.memsw.limit_in_bytes');
    const v2 = read(`${base}/core-01`, 'memory.swap.max');
    // A kernel without swap accounting has neither file; then there is nothing to limit.
    expect([undefined, String(limits.memoryBytes)]).toContain(v1);
    expect([undefined, '0']).toContain(v2);
  });

  it('has its processes one level below its limits, in every hierarchy', async () => {
    const procs = await createMachineCgroup(hierarchies, base, 'core-01', limits);
    expect(procs).toEqual(hierarchies.map(({ mount }) => join(mount, base, 'core-01/machine/cgroup.procs')));
    const { pid } = inside(procs);
    const own = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    expect(own.filter((line) => !line.endsWith(`/${base}/core-01/machine`))).toEqual([]);
  });

  it('can be made again while a process runs in it', async () => {
    inside(await createMachineCgroup(hierarchies, base, 'core-01', limits));
    const again = await createMachineCgroup(hierarchies, base, 'core-01', limits);
    inside(again);
    expect(await cgroupProcesses(hierarchies, base)).toHaveLength(2);
  });

  it('stands beside the other machines of its lab, with its own limits', async () => {
    await createMachineCgroup(hierarchies, base, 'core-01', limits);
    await createMachineCgroup(hierarchies, base, 'core-02', { memoryBytes: 2 * limits.memoryBytes, cpus: 2 });
    const memory = (name: string) =>
      read(`${base}/${name}`, 'memory.limit_in_bytes') ?? read(`${base}/${name}`, 'memory.max');
    expect([memory('core-01'), memory('core-02')].map(Number)).toEqual([limits.memoryBytes, 2 * limits.memoryBytes]);
  });
});

describe('what runs in a cgroup', () => {
  it('is found from the lab down, each process once, and is gone when it is killed', async () => {
    const one = inside(await createMachineCgroup(hierarchies, base, 'core-01', limits));
    const two = inside(await createMachineCgroup(hierarchies, base, 'core-02', limits));
    expect((await cgroupProcesses(hierarchies, base)).sort()).toEqual([one.pid, two.pid].sort());
    expect(await cgroupProcesses(hierarchies, `${base}/core-02`)).toEqual([two.pid]);
    for (const pid of await cgroupProcesses(hierarchies, `${base}/core-01`)) process.kill(pid, 'SIGKILL');
    await once(one.child, 'exit');
    expect(await cgroupProcesses(hierarchies, base)).toEqual([two.pid]);
  });

  it('is nothing where there is no cgroup', async () => {
    expect(await cgroupProcesses(hierarchies, `${base}-none`)).toEqual([]);
  });
});

describe('removing', () => {
  it('takes away everything below, in every hierarchy', async () => {
    const [first = ''] = await createMachineCgroup(hierarchies, base, 'core-01', limits);
    expect(existsSync(dirname(first))).toBe(true);
    expect(directories()).toHaveLength(hierarchies.length);
    expect(await removeCgroup(hierarchies, base)).toEqual([]);
    expect(directories()).toEqual([]);
  });

  it('names what is still busy, and succeeds once that has ended', async () => {
    const procs = await createMachineCgroup(hierarchies, base, 'core-01', limits);
    const { child } = inside(procs);
    const busy = await removeCgroup(hierarchies, base);
    expect(busy).toEqual(expect.arrayContaining(procs.map((file) => dirname(file))));
    await end(child);
    await expect.poll(() => removeCgroup(hierarchies, base)).toEqual([]);
    expect(directories()).toEqual([]);
  });

  it('is content when there is nothing to remove', async () => {
    expect(await removeCgroup(hierarchies, `${base}-none`)).toEqual([]);
  });
});
