import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liftThrottles, limitDevice, throttlesIn } from '#provision/machines/cgroup/disk-throttle.ts';
import type { Hierarchy } from '#provision/machines/cgroup/hierarchies.ts';

// Files with the names and the format of the kernel's, in a directory in place of the mounted hierarchy.
const [read, written] = ['blkio.throttle.read_bps_device', 'blkio.throttle.write_bps_device'];
const cgroups = ['lab/core-01', 'lab/core-01/machine', 'lab/core-01/machine/docker'];
let mount = '';
let v1: Hierarchy;
let v2: Hierarchy;

beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'lab-throttle-'));
  v1 = { mount: join(mount, 'blkio'), version: 1, controllers: ['blkio'] };
  v2 = { mount: join(mount, 'unified'), version: 2, controllers: [] };
  for (const cgroup of cgroups) {
    for (const name of [read, written]) put(join(v1.mount, cgroup, name), '');
    put(join(v2.mount, cgroup, 'io.max'), '');
  }
});
afterEach(() => rmSync(mount, { recursive: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const text = (...path: string[]) => readFileSync(join(...path), 'utf8');

describe('cgroup v1', () => {
  it('every cgroup of the machine gets the limit, each way', async () => {
    await limitDevice([v1], 'lab/core-01', '7:0', 524_288);
    for (const cgroup of cgroups)
      for (const name of [read, written]) expect(text(v1.mount, cgroup, name)).toBe('7:0 524288');
  });

  it('a limit that is in force is not written again; a cgroup that came meanwhile gets it', async () => {
    await limitDevice([v1], 'lab/core-01', '7:0', 524_288);
    const old = join(v1.mount, 'lab/core-01/machine', written);
    utimesSync(old, 1, 1);
    const fresh = join(v1.mount, 'lab/core-01/machine/docker/container');
    for (const name of [read, written]) put(join(fresh, name), '');
    await limitDevice([v1], 'lab/core-01', '7:0', 524_288);
    expect(statSync(old).mtimeMs).toBe(1000);
    expect(text(fresh, written)).toBe('7:0 524288');
    await limitDevice([v1], 'lab/core-01', '7:0', 1024);
    expect(readFileSync(old, 'utf8')).toBe('7:0 1024');
  });

  it('lifting writes only where a limit is', async () => {
    const untouched = join(v1.mount, 'lab/core-01', read);
    put(join(v1.mount, 'lab/core-01/machine', written), '7:1 99\n7:0 524288\n');
    await limitDevice([v1], 'lab/core-01', '7:0', undefined);
    expect(text(v1.mount, 'lab/core-01/machine', written)).toBe('7:0 0');
    expect(readFileSync(untouched, 'utf8')).toBe('');
  });
});

it('cgroup v2: the limit is written once, at the top', async () => {
  await limitDevice([v2], 'lab/core-01', '7:0', 524_288);
  const top = join(v2.mount, 'lab/core-01/io.max');
  expect(readFileSync(top, 'utf8')).toBe('7:0 rbps=524288 wbps=524288');
  writeFileSync(top, '7:0 rbps=524288 wbps=524288 riops=max wiops=max\n');
  utimesSync(top, 1, 1);
  await limitDevice([v2], 'lab/core-01', '7:0', 524_288);
  expect(statSync(top).mtimeMs).toBe(1000);
  expect(text(v2.mount, 'lab/core-01/machine/io.max')).toBe('');
});

it('every limit of a lab is lifted without knowing who set it, on both versions', async () => {
  put(join(v1.mount, 'lab/core-01/machine/docker', written), '7:3 1024\n');
  put(join(v2.mount, 'lab/core-01/io.max'), '7:3 rbps=1024 wbps=1024 riops=max wiops=max\n');
  await liftThrottles([v1, v2], 'lab');
  expect(text(v1.mount, 'lab/core-01/machine/docker', written)).toBe('7:3 0');
  expect(text(v2.mount, 'lab/core-01/io.max')).toBe('7:3 rbps=max wbps=max');
  expect(text(v1.mount, 'lab/core-01/machine', written)).toBe('');
});

it('what is no limit is none', () => {
  expect([...throttlesIn('Total 0\n\n7:0 \n')]).toEqual([]);
});
