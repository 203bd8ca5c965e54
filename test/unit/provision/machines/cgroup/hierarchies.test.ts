import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostHierarchies, parseHierarchies } from '#provision/machines/cgroup/hierarchies.ts';

const elsewhere = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '23 22 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw',
].join('\n');

it('v2: one hierarchy without controllers of its own', () => {
  const mountinfo = `${elsewhere}
30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
`;
  expect(parseHierarchies(mountinfo)).toEqual([{ mount: '/sys/fs/cgroup', version: 2, controllers: [] }]);
});

it('v1: one hierarchy for each controller or pair of them, named ones too', () => {
  const mountinfo = `${elsewhere}
31 23 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec - tmpfs tmpfs ro,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:10 - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime shared:11 - cgroup cgroup rw,cpuset,clone_children
34 31 0:31 / /sys/fs/cgroup/memory rw,relatime shared:12 - cgroup cgroup rw,memory
35 31 0:32 / /sys/fs/cgroup/systemd rw,relatime shared:13 - cgroup cgroup rw,xattr,name=systemd
`;
  expect(parseHierarchies(mountinfo)).toEqual([
    { mount: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['cpu', 'cpuacct'] },
    { mount: '/sys/fs/cgroup/cpuset', version: 1, controllers: ['cpuset'] },
    { mount: '/sys/fs/cgroup/memory', version: 1, controllers: ['memory'] },
    { mount: '/sys/fs/cgroup/systemd', version: 1, controllers: ['name=systemd'] },
  ]);
});

it('hybrid: v1 for the controllers, v2 beside it', () => {
  const mountinfo = `${elsewhere}
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;
  expect(parseHierarchies(mountinfo).map(({ mount, version }) => [mount, version])).toEqual([
    ['/sys/fs/cgroup/pids', 1],
    ['/sys/fs/cgroup/unified', 2],
  ]);
});

it('a hierarchy that is mounted over is there once, as its last mount shows it', () => {
  const mountinfo = `
32 31 0:29 / /sys/fs/cgroup/cpu ro,relatime - cgroup cgroup ro,cpu
42 32 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
`;
  expect(parseHierarchies(mountinfo)).toEqual([{ mount: '/sys/fs/cgroup/cpu', version: 1, controllers: ['cpu'] }]);
});

it("leaves hierarchies elsewhere alone: they are another container's", () => {
  const mountinfo = `
50 22 0:29 / /var/lib/machines/x/sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
51 22 0:38 / /mnt/cgroup2 rw - cgroup2 cgroup2 rw
`;
  expect(parseHierarchies(mountinfo)).toEqual([]);
  expect(parseHierarchies('')).toEqual([]);
});

it("finds this host's own, each a real cgroup directory", async () => {
  const found = await hostHierarchies();
  expect(found.length).toBeGreaterThan(0);
  for (const { mount } of found) expect([mount, existsSync(join(mount, 'cgroup.procs'))]).toEqual([mount, true]);
});
