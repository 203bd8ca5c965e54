import { describe, expect, it } from 'vitest';
import { type Description, modules } from './described-host.ts';
import { check } from './run-check.ts';

const noneYet = { '/proc/filesystems': 'nodev\tproc\n\text4\n' };

const noNodes = { '/dev/loop-control': undefined, '/dev/fuse': undefined };

describe('the kernel', () => {
  it.each<[string, string, Description, 'ok' | 'warn' | 'fail', RegExp, RegExp]>([
    ['has no overlay', 'kernel-overlay', { files: noneYet }, 'fail', /no overlay/, /CONFIG_OVERLAY_FS/],
    ['loads it on use', 'kernel-overlay', { files: { ...noneYet, ...modules('overlay') } }, 'ok', /first used/, /^$/],
    [
      'is of a container without /lib/modules',
      'kernel-overlay',
      { files: { ...noneYet, '/proc/modules': '' } },
      'warn',
      /no \/lib\/modules/,
      /^modprobe overlay/,
    ],
    [
      'loads no more modules',
      'kernel-overlay',
      { files: { ...noneYet, ...modules('overlay'), '/proc/sys/kernel/modules_disabled': '1\n' } },
      'fail',
      /loads no more modules/,
      /modules-load\.d/,
    ],
    [
      'has no program to load them',
      'kernel-overlay',
      { files: { ...noneYet, ...modules('overlay'), '/sbin/modprobe': undefined } },
      'fail',
      /there is no \/sbin\/modprobe/,
      /kmod/,
    ],
    [
      'may not load it on a hardened host',
      'kernel-overlay',
      {
        files: { ...noneYet, ...modules('overlay'), '/etc/modprobe.d/cis.conf': '# CIS\ninstall overlay /bin/false\n' },
        dirs: { '/etc/modprobe.d': ['cis.conf', 'README'] },
      },
      'fail',
      /cis\.conf forbids it/,
      /take the line `install overlay \/bin\/false` out of/,
    ],
    [
      'has it blacklisted',
      'kernel-overlay',
      {
        files: {
          ...noneYet,
          ...modules('overlay'),
          '/etc/modprobe.d/b.conf': 'blacklist overlayfs\nblacklist overlay\n',
        },
        dirs: { '/etc/modprobe.d': ['b.conf'] },
      },
      'fail',
      /keeps it from loading by itself/,
      /^modprobe overlay$/,
    ],
    [
      'has FUSE but no device',
      'kernel-fuse',
      { files: { '/dev/fuse': undefined } },
      'fail',
      /no \/dev\/fuse/,
      /^mknod/,
    ],
    [
      'loads FUSE by its device',
      'kernel-fuse',
      { files: { ...noneYet, ...modules('fuse') } },
      'ok',
      /first used/,
      /^$/,
    ],
    [
      'has neither FUSE nor its device yet',
      'kernel-fuse',
      { files: { ...noneYet, ...modules('fuse'), ...noNodes } },
      'fail',
      /no \/dev\/fuse/,
      /^modprobe fuse$/,
    ],
    ['knows no FUSE', 'kernel-fuse', { files: noneYet }, 'fail', /no FUSE/, /CONFIG_FUSE_FS/],
    [
      'has loop devices without a node',
      'kernel-loop',
      { files: { ...noNodes, '/sys/devices/virtual/misc/loop-control/dev': '10:237\n' } },
      'fail',
      /no \/dev\/loop-control/,
      /^mknod -m 660 \/dev\/loop-control/,
    ],
    ['has no loop devices', 'kernel-loop', { files: noNodes }, 'fail', /no loop devices/, /CONFIG_BLK_DEV_LOOP/],
    [
      'has them not loaded',
      'kernel-loop',
      { files: { ...noNodes, ...modules('loop') } },
      'fail',
      /no \/dev/,
      /^modprobe loop$/,
    ],
    ['loads them by their device', 'kernel-loop', { files: modules('loop') }, 'ok', /is there/, /^$/],
    [
      'has no ext4',
      'kernel-loop',
      { files: { '/proc/filesystems': 'nodev\toverlay\n' } },
      'fail',
      /no ext4/,
      /CONFIG_EXT4/,
    ],
    [
      'may not load ext4',
      'kernel-loop',
      { files: { '/proc/filesystems': '', ...modules('ext4'), '/proc/sys/kernel/modules_disabled': '1' } },
      'fail',
      /^ext4, the machines' disks: not loaded, and the kernel/,
      /ext4/,
    ],
    [
      'lacks a namespace',
      'kernel-namespaces',
      { dirs: { '/proc/self/ns': ['mnt', 'net', 'pid', 'uts', 'ipc'] } },
      'fail',
      /lacks cgroup/,
      /CONFIG_NAMESPACES/,
    ],
    [
      'allows none',
      'kernel-namespaces',
      { files: { '/proc/sys/user/max_net_namespaces': '0\n', '/proc/sys/user/max_user_namespaces': '0\n' } },
      'fail',
      /user\.max_net_namespaces = 0$/,
      /^sysctl -w user\.max_net_namespaces=10000$/,
    ],
  ])('%s (%s)', async (_, id, changes, status, detail, fix) => {
    const found = await check(id, changes);
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    expect(found.fix ?? '').toMatch(fix);
  });
});
