import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { limitCpu } from '#provision/machines/cgroup/cpu-limit.ts';
import { freeze, thaw, thawBelow } from '#provision/machines/cgroup/freezer.ts';
import { type Hierarchy, hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { createMachineCgroup, removeCgroup } from '#provision/machines/cgroup/machine-cgroup.ts';

// Real cgroups of this host (so these tests need root), under a name that no lab has.
const base = `coreos-lab-freeze-${process.pid}`;
const cgroup = `${base}/core-01`;
let hierarchies: Hierarchy[] = [];
let counter: ChildProcess;

/** A process in the cgroup that counts aloud without end. */
beforeEach(async () => {
  hierarchies = await hostHierarchies();
  const procs = await createMachineCgroup(hierarchies, base, 'core-01', { memoryBytes: 64 * 1024 * 1024, cpus: 0.5 });
  counter = spawn('sh', ['-c', 'while :; do echo x; sleep 0.01; done'], { stdio: ['ignore', 'pipe', 'ignore'] });
  for (const file of procs) writeFileSync(file, String(counter.pid));
});
afterEach(async () => {
  await thawBelow(hierarchies, base);
  if (counter.exitCode === null && counter.signalCode === null) {
    const ended = once(counter, 'exit');
    counter.kill('SIGKILL');
    await ended;
  }
  await expect.poll(() => removeCgroup(hierarchies, base)).toEqual([]);
});

/** Voluntary context switches: they grow while a process runs, and stand still with it. */
const switches = () =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${counter.pid ?? 0}/status`, 'utf8'))?.[1]);

it('a frozen process does nothing until it is thawed; thawing twice is no error', async () => {
  counter.stdout?.resume();
  await freeze(hierarchies, cgroup);
  const before = switches();
  // Anything else that the host does meanwhile takes longer than the 10 ms of the counter's pause.
  await once(spawn('sleep', ['0.1']), 'exit');
  expect(switches()).toBe(before);
  await thaw(hierarchies, cgroup);
  await expect.poll(switches).toBeGreaterThan(before);
  await thaw(hierarchies, cgroup);
});

it('catches a process at whatever it is doing: starting children, too', async () => {
  counter.stdout?.resume();
  for (let round = 0; round < 40; round++) {
    await freeze(hierarchies, cgroup);
    await thaw(hierarchies, cgroup);
  }
});

it('a frozen process that was killed dies when the lab is thawed', async () => {
  await freeze(hierarchies, cgroup);
  const ended = once(counter, 'exit');
  counter.kill('SIGKILL');
  await thawBelow(hierarchies, base);
  expect((await ended)[1]).toBe('SIGKILL');
});

it('thawing and limiting what is not there is no error', async () => {
  await thaw(hierarchies, `${base}/core-09`);
  await thawBelow(hierarchies, `${base}/nothing`);
  await limitCpu(hierarchies, `${base}/core-09`, 0.5);
});
