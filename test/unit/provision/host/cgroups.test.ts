import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

type Files = Readonly<Record<string, string | undefined>>;

const all = ['cpu', 'memory', 'pids', 'devices', 'cpuset', 'freezer', 'blkio', 'name=systemd'];

const v1 = (names: readonly string[], tmpfs = 'tmpfs /sys/fs/cgroup tmpfs ro,mode=755 0 0\n'): string =>
  tmpfs + names.map((name) => `cgroup /sys/fs/cgroup/${name} cgroup rw,${name} 0 0\n`).join('');

const top = '/sys/fs/cgroup';

/** A container that sees a cgroup of its own as the top. */
const inContainer = (files: Files): Files => ({
  [`${top}/cgroup.type`]: 'domain\n',
  [`${top}/cgroup.subtree_control`]: '\n',
  [`${top}/cgroup.procs`]: '1\n7\n',
  ...files,
});

describe('control groups', () => {
  it.each<[string, Files, 'ok' | 'warn' | 'fail', RegExp, RegExp]>([
    ['nothing mounted', { '/proc/mounts': '' }, 'fail', /no control groups/, /^mount -t cgroup2/],
    ['no mounts to be read', { '/proc/mounts': undefined }, 'fail', /no control groups/, /^mount -t cgroup2/],
    [
      'v2 without a controller',
      { [`${top}/cgroup.controllers`]: 'cpu pids' },
      'fail',
      /without memory$/,
      /cgroup_enable/,
    ],
    [
      'v2 that cannot be read',
      { [`${top}/cgroup.controllers`]: undefined },
      'fail',
      /memory, cpu, pids/,
      /cgroup_enable/,
    ],
    [
      'v2 whose controller the command line disables',
      { [`${top}/cgroup.controllers`]: 'cpu pids', '/proc/cmdline': 'quiet cgroup_disable=memory ro\n' },
      'fail',
      /without memory$/,
      /^take cgroup_disable=memory off the kernel command line/,
    ],
    [
      'v2 whose controllers v1 has',
      {
        [`${top}/cgroup.controllers`]: 'hugetlb',
        '/proc/cgroups': '#x\ncpu\t3\t1\t1\nmemory\t4\t9\t1\npids\t0\t1\t1\n',
      },
      'fail',
      /without memory, cpu, pids$/,
      /^cgroup v1 holds memory, cpu: boot with cgroup_no_v1=all/,
    ],
    [
      'v2 without io',
      { [`${top}/cgroup.controllers`]: 'cpuset cpu memory pids\n' },
      'warn',
      /without io: fault slow-disk/,
      /io/,
    ],
    [
      'v2 without cpuset',
      { [`${top}/cgroup.controllers`]: 'io cpu memory pids\n' },
      'warn',
      /Cpuset discarded/,
      /cpuset/,
    ],
    ['v2 read-only', { '/proc/mounts': `cgroup2 ${top} cgroup2 ro 0 0\n` }, 'fail', /read-only/, /remount,rw/],
    [
      'v2 covered by a read-only mount of itself',
      { '/proc/mounts': `cgroup2 ${top} cgroup2 rw 0 0\ncgroup2 ${top} cgroup2 ro,nosuid 0 0\n` },
      'fail',
      /read-only/,
      /remount,rw/,
    ],
    [
      'v2 covered by something else',
      { '/proc/mounts': `cgroup2 ${top} cgroup2 rw 0 0\ntmpfs ${top} tmpfs ro 0 0\n` },
      'fail',
      /a later mount covers \/sys\/fs\/cgroup/,
      /^umount \/sys\/fs\/cgroup$/,
    ],
    [
      "a container's cgroup with processes in it",
      inContainer({}),
      'fail',
      /processes in .* keep cpuset, cpu, io/,
      /init\/cgroup\.procs$/,
    ],
    [
      'the same without processes',
      inContainer({ [`${top}/cgroup.procs`]: '' }),
      'ok',
      /^v2 unified: cpuset cpu io memory pids$/,
      /^$/,
    ],
    [
      'the same with everything enabled',
      inContainer({ [`${top}/cgroup.subtree_control`]: 'cpuset cpu io memory pids\n' }),
      'ok',
      /^v2 unified/,
      /^$/,
    ],
    [
      'a container that was given too little',
      inContainer({ [`${top}/cgroup.controllers`]: 'pids\n' }),
      'fail',
      /without memory, cpu \(not handed down to this container\)/,
      /--cgroupns=host/,
    ],
    ['a threaded cgroup', inContainer({ [`${top}/cgroup.type`]: 'threaded\n' }), 'fail', /type 'threaded'/, /cgroupns/],
    [
      'the top of threaded ones',
      inContainer({ [`${top}/cgroup.type`]: 'domain threaded\n' }),
      'fail',
      /'domain threaded'/,
      /cgroupns/,
    ],
    [
      'v1 without a controller',
      { '/proc/mounts': v1(all.filter((name) => name !== 'freezer')) },
      'fail',
      /without freezer/,
      /enable freezer/,
    ],
    [
      "v1 without systemd's",
      { '/proc/mounts': v1(all.filter((name) => name !== 'name=systemd')) },
      'fail',
      /name=systemd/,
      /^mkdir/,
    ],
    [
      'v1 without blkio',
      { '/proc/mounts': v1(all.filter((name) => name !== 'blkio')) },
      'warn',
      /slow-disk/,
      /enable blkio/,
    ],
    [
      'v1 covered',
      { '/proc/mounts': `${v1(all)}tmpfs ${top} tmpfs ro 0 0\n` },
      'fail',
      /later mount covers/,
      /^umount/,
    ],
    [
      'v1 with a read-only hierarchy',
      { '/proc/mounts': `${v1(all)}cgroup ${top}/pids cgroup ro,pids 0 0\n` },
      'fail',
      /cgroup\/pids is read-only/,
      /remount,rw \/sys\/fs\/cgroup\/pids$/,
    ],
    [
      'v1 with a read-only v2 tree beside it',
      { '/proc/mounts': `${v1(all)}cgroup2 ${top}/unified cgroup2 ro 0 0\n` },
      'fail',
      /unified is read-only/,
      /remount,rw/,
    ],
    [
      'v1 with a v2 tree beside it',
      { '/proc/mounts': `${v1(all, '')}cgroup2 ${top}/unified cgroup2 rw 0 0\n` },
      'ok',
      /^v1: /,
      /^$/,
    ],
  ])('%s', async (_, files, status, detail, fix) => {
    const found = await check('cgroups', { files });
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    expect(found.fix ?? '').toMatch(fix);
  });
});
