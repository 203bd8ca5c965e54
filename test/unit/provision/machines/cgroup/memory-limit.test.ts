import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Hierarchy, hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { createMachineCgroup, removeCgroup } from '#provision/machines/cgroup/machine-cgroup.ts';
import { limitMemory } from '#provision/machines/cgroup/memory-limit.ts';

const mb = 1024 ** 2;

// A real cgroup of this host (so these tests need root), under a name that no lab has.
describe('a cgroup in which a process holds 100 MB', () => {
  const base = `coreos-lab-test-memory-${process.pid}`;
  const cgroup = `${base}/core-01`;
  let hierarchies: Hierarchy[] = [];
  let child: ChildProcess;

  beforeEach(async () => {
    hierarchies = await hostHierarchies();
    const procs = await createMachineCgroup(hierarchies, base, 'core-01', { memoryBytes: 400 * mb, cpus: 1 });
    const enter = procs.map((file) => `echo $$ > ${file}`).join(' && ');
    const hold = 'const held = Buffer.alloc(100 * 1024 ** 2, 1); console.log("held"); setInterval(() => held[0], 1e6);';
    child = spawn('sh', ['-c', `${enter} && exec "$0" -e '${hold}'`, process.execPath]);
    if (child.stdout === null) throw new Error('no output');
    await once(child.stdout, 'data');
  });
  afterEach(async () => {
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
    // The kernel may take a moment until the process is buried.
    await expect.poll(() => removeCgroup(hierarchies, base)).toEqual([]);
  });

  const limit = () => {
    const places = hierarchies.flatMap(({ mount }) =>
      ['memory.limit_in_bytes', 'memory.max'].map((file) => join(mount, cgroup, file)),
    );
    return Number(readFileSync(places.find((path) => existsSync(path)) ?? '', 'utf8'));
  };

  it('takes a higher limit, and a lower one that suffices', async () => {
    for (const size of [600 * mb, 300 * mb, 500 * mb]) {
      expect(await limitMemory(hierarchies, cgroup, size)).toBe(true);
      expect(limit()).toBe(size);
    }
    expect(child.exitCode).toBeNull();
  });

  it('keeps its limit rather than its process is killed', async () => {
    expect(await limitMemory(hierarchies, cgroup, 50 * mb)).toBe(false);
    expect(limit()).toBe(400 * mb);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
});

/** Files as cgroup v2 has them, on a host of v1: what is written where, in which case. */
describe('cgroup v2', () => {
  let mount = '';
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'lab-memory-'));
    mkdirSync(join(mount, 'core-01'));
    for (const [file, text] of [
      ['memory.max', '2147483648\n'],
      ['memory.high', 'max\n'],
      ['memory.current', `${300 * mb}\n`],
    ] as const)
      writeFileSync(join(mount, 'core-01', file), text);
  });
  afterEach(() => rmSync(mount, { recursive: true }));
  const read = (file: string) => readFileSync(join(mount, 'core-01', file), 'utf8').trim();
  const hierarchy = (): Hierarchy => ({ mount, version: 2, controllers: ['memory'] });

  it('memory.max is written only when less is in use by then', async () => {
    expect(await limitMemory([hierarchy()], 'core-01', 200 * mb)).toBe(false);
    expect([read('memory.max'), read('memory.high')]).toEqual(['2147483648', 'max']);
    expect(await limitMemory([hierarchy()], 'core-01', 400 * mb)).toBe(true);
    expect([read('memory.max'), read('memory.high')]).toEqual([String(400 * mb), 'max']);
  });

  it('a cgroup that is not there has nothing to limit', async () => {
    expect(await limitMemory([hierarchy()], 'core-02', 400 * mb)).toBe(true);
  });
});
