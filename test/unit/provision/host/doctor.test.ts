import { describe, expect, it } from 'vitest';
import { LabError } from '../../../../errors/lab-error.ts';
import { formatDoctorReport } from '../../../../provision/host/doctor-report.ts';
import { requireFitHost, runDoctor } from '../../../../provision/host/doctor.ts';
import { mountOf, realHost } from '../../../../provision/host/real-host.ts';
import { load } from '../config/config-directory.ts';
import { describedHost, route, routeTable, type Description } from './described-host.ts';

const config = load({});

async function check(id: string, changes: Description, used = config) {
  const report = await runDoctor(used, describedHost(changes));
  const found = report.checks.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return { ...found, report };
}

const v1 = (names: readonly string[]): string =>
  names.map((name) => `cgroup /sys/fs/cgroup/${name} cgroup rw,${name} 0 0\n`).join('');

describe('runDoctor', () => {
  it('finds a fit host fit, in a report that is plain JSON', async () => {
    const report = await runDoctor(config, describedHost());
    expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it.each<[string, Description, 'warn' | 'fail', RegExp, RegExp]>([
    ['root', { uid: 1000 }, 'fail', /user 1000/, /^sudo/],
    [
      'capabilities',
      { files: { '/proc/self/status': 'CapEff:\t00000000a80425fb\n' } },
      'fail',
      /CAP_NET_ADMIN, CAP_SYS_ADMIN/,
      /--privileged/,
    ],
    ['node', { nodeVersion: '20.18.3' }, 'fail', /20\.18\.3, at least 20\.19/, /Node\.js/],
    [
      'debian',
      { files: { '/etc/os-release': 'PRETTY_NAME="Fedora 40"\nID=fedora\n' } },
      'fail',
      /Fedora 40 is not Debian/,
      /Debian 12/,
    ],
    [
      'debian',
      {
        files: { '/etc/os-release': 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n' },
      },
      'warn',
      /Ubuntu/,
      /bookworm/,
    ],
    ['apt', { files: { '/etc/apt/sources.list': '# none\n' } }, 'fail', /no apt source/, /apt-get update/],
    [
      'packages',
      { missing: ['ignition', 'tini'] },
      'warn',
      /missing: ignition tini/,
      /^apt-get update && apt-get install .* ignition tini$/,
    ],
    ['kernel-overlay', { files: { '/proc/filesystems': 'nodev\tproc\n' } }, 'fail', /no overlay/, /CONFIG_OVERLAY_FS/],
    [
      'kernel-overlay',
      {
        files: {
          '/proc/filesystems': 'nodev\tproc\n',
          '/proc/sys/kernel/osrelease': '6.1.0\n',
          '/lib/modules/6.1.0/modules.dep': 'kernel/fs/overlayfs/overlay.ko: \n',
        },
      },
      'warn',
      /not loaded/,
      /^modprobe overlay$/,
    ],
    ['kernel-fuse', { files: { '/dev/fuse': undefined } }, 'fail', /no \/dev\/fuse/, /^mknod/],
    [
      'kernel-namespaces',
      { dirs: { '/proc/self/ns': ['mnt', 'net', 'pid', 'uts', 'ipc'] } },
      'fail',
      /lacks cgroup/,
      /CONFIG_NAMESPACES/,
    ],
    ['kernel-network', { files: { '/sys/module/bridge': undefined } }, 'warn', /no sign of bridge/, /ip link add/],
    [
      'kernel-inotify',
      { files: { '/proc/sys/fs/inotify/max_user_instances': '64' } },
      'warn',
      /64 .* about 120/,
      /^sysctl -w/,
    ],
    ['cgroups', { files: { '/proc/mounts': '' } }, 'fail', /no control groups/, /^mount -t cgroup2/],
    [
      'cgroups',
      { files: { '/sys/fs/cgroup/cgroup.controllers': 'cpu pids' } },
      'fail',
      /without memory/,
      /cgroup_enable=memory/,
    ],
    [
      'cgroups',
      { files: { '/proc/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 ro 0 0\n' } },
      'fail',
      /read-only/,
      /remount,rw/,
    ],
    [
      'cgroups',
      { files: { '/proc/mounts': v1(['cpu', 'memory', 'pids', 'devices', 'cpuset']) } },
      'fail',
      /without freezer/,
      /enable freezer/,
    ],
    [
      'cgroups',
      { files: { '/proc/mounts': v1(['cpu', 'memory', 'pids', 'devices', 'cpuset', 'freezer']) } },
      'fail',
      /name=systemd/,
      /^mkdir/,
    ],
    [
      'memory',
      { files: { '/proc/meminfo': 'MemAvailable:  2097152 kB\n' } },
      'fail',
      /2\.0 GB available, 3 machines may take 6\.0 GB/,
      /memory/,
    ],
    [
      'memory',
      { files: { '/proc/meminfo': 'MemAvailable:  4194304 kB\n' } },
      'warn',
      /4\.0 GB available/,
      /\$vm_memory/,
    ],
    ['cpus', { cpus: 0 }, 'fail', /one machine asks for 1/, /\$vm_cpus/],
    [
      'disk-state',
      { fileSystem: { mountPoint: '/', type: 'ext4', freeBytes: 4e9 } },
      'fail',
      /3\.7 GB free for \/var\/lib\/coreos-lab\/lab/,
      /state_dir/,
    ],
    [
      'disk-state',
      { fileSystem: { mountPoint: '/', type: 'overlay', freeBytes: 1e11 } },
      'fail',
      /is on overlay/,
      /state_dir/,
    ],
    [
      'disk-state',
      { fileSystem: { mountPoint: '/t', type: 'tmpfs', freeBytes: 1e11 } },
      'warn',
      /take memory/,
      /state_dir/,
    ],
    [
      'disk-cache',
      { fileSystem: { mountPoint: '/', type: 'ext4', freeBytes: 1e9 } },
      'fail',
      /\.cache\/coreos-lab/,
      /XDG_CACHE_HOME/,
    ],
    [
      'ports',
      { files: { '/proc/net/tcp': '   0: FE0811AC:1388 00000000:0000 0A 0:0\n' } },
      'warn',
      /listens on 172\.17\.8\.254:5000/,
      /^ss /,
    ],
  ])('%s: %j', async (id, changes, status, detail, fix) => {
    const found = await check(id, changes);
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    expect(found.fix).toMatch(fix);
    expect(found.report.ok).toBe(found.report.checks.every((one) => one.status !== 'fail'));
  });

  it('takes cgroup v1 with a v2 tree beside it', async () => {
    const mounts = `${v1(['cpu', 'memory', 'pids', 'devices', 'cpuset', 'freezer', 'name=systemd'])}cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n`;
    expect(await check('cgroups', { files: { '/proc/mounts': mounts } })).toMatchObject({ status: 'ok' });
  });

  it('does not ask a running lab for the memory it holds already', async () => {
    const files = { '/proc/meminfo': 'MemAvailable:  2097152 kB\n', '/sys/class/net/lab-lab': '' };
    expect(await check('memory', { files })).toMatchObject({ status: 'warn' });
  });
});

describe('address range', () => {
  const eth0 = { name: 'eth0', cidr: '192.0.2.2/24' };

  it.each<[string, Description, 'ok' | 'warn' | 'fail', RegExp]>([
    [
      "docker0's wider network",
      { interfaces: [eth0, { name: 'docker0', cidr: '172.17.0.1/16' }] },
      'warn',
      /172\.17\.0\.0\/16 on docker0 contains the lab's 172\.17\.8\.0\/24/,
    ],
    [
      'the very network',
      { interfaces: [{ name: 'vboxnet0', cidr: '172.17.8.1/24' }] },
      'fail',
      /172\.17\.8\.0\/24 on vboxnet0 is inside/,
    ],
    ['a part of it', { interfaces: [{ name: 'wg0', cidr: '172.17.8.9/32' }] }, 'fail', /172\.17\.8\.9\/32 on wg0/],
    [
      "a part of flannel's",
      { interfaces: [{ name: 'eth1', cidr: '10.1.2.3/24' }] },
      'fail',
      /inside the lab's 10\.1\.0\.0\/16/,
    ],
    [
      'a wide private network',
      { interfaces: [{ name: 'tun0', cidr: '10.8.0.2/8' }] },
      'warn',
      /10\.0\.0\.0\/8 on tun0 contains the lab's 10\.1/,
    ],
    ['its own link', { interfaces: [{ name: 'lab-lab', cidr: '172.17.8.254/24' }] }, 'ok', /are free/],
    ["another lab's link", { interfaces: [{ name: 'lab-two', cidr: '172.17.8.254/24' }] }, 'warn', /another lab, two/],
    [
      'a route',
      { files: { '/proc/net/route': routeTable(route('tun1', '000811AC', '00000000', '00FFFFFF')) } },
      'fail',
      /172\.17\.8\.0\/24 on tun1/,
    ],
    [
      'its own fence',
      { files: { '/proc/net/route': routeTable(route('*', '000811AC', '00000000', '00FFFFFF')) } },
      'ok',
      /free/,
    ],
    [
      'a gateway',
      { files: { '/proc/net/route': routeTable(route('eth0', '00000000', '010811AC', '00000000')) } },
      'fail',
      /gateway 172\.17\.8\.1\/32/,
    ],
  ])('%s', async (_, changes, status, detail) => {
    const found = await check('address-range', changes);
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    if (status !== 'ok') expect(found.fix).toContain('lab.toml');
  });

  it('follows a range that was moved', async () => {
    const moved = load({
      toml: '[network]\nrange = "192.0.2.0/24"\nbridge = "192.0.2.1"\nfirst_machine = "192.0.2.101"\nhost = "192.0.2.254"',
    });
    expect(await check('address-range', {}, moved)).toMatchObject({ status: 'fail' });
  });
});

describe('requireFitHost', () => {
  it('is one clear line for who is not root', async () => {
    const error: unknown = await requireFitHost(config, describedHost({ uid: 1000 })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ code: 'permission.root', exitCode: 77, evidence: [] });
  });

  it('names the first failed check and lists the others', async () => {
    const host = describedHost({ nodeVersion: '18.0.0', files: { '/dev/fuse': undefined } });
    const error: unknown = await requireFitHost(config, host).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'host.node',
      exitCode: 69,
      evidence: [expect.stringMatching(/^FUSE: .*mknod/)],
    });
  });
});

describe('formatDoctorReport', () => {
  it('is a checklist with the fix below what needs one', async () => {
    const text = formatDoctorReport(
      await runDoctor(config, describedHost({ missing: ['tini'], nodeVersion: '18.0.0' })),
    );
    expect(text).toMatch(/^ok {4}Root +running as root\n/);
    expect(text).toMatch(/\nFAIL {2}Node\.js +18\.0\.0, at least 20\.19 is needed\n +fix: install Node/);
    expect(text).toMatch(/\nThis host cannot run the lab yet: 1 of 18 checks failed, 1 to know about\.\n$/);
  });
});

describe('realHost', () => {
  it('answers every check on the host at hand', async () => {
    const report = await runDoctor(config, realHost());
    expect(report.checks.every(({ detail }) => detail !== '')).toBe(true);
    expect(report.checks.every(({ status, fix }) => status === 'ok' || (fix ?? '') !== '')).toBe(true);
  });

  it('finds the mount a path lies on', () => {
    const info = [
      '22 1 8:1 / / rw - ext4 /dev/vda rw',
      '23 22 0:21 / /var/lib rw shared:1 - xfs /dev/vdb rw',
      '24 23 0:22 / /var/lib rw - tmpfs tmpfs rw',
      '25 22 0:23 / /with\\040space rw - btrfs x rw',
    ].join('\n');
    expect(mountOf(info, '/var/lib/coreos-lab')).toEqual({ mountPoint: '/var/lib', type: 'tmpfs' });
    expect(mountOf(info, '/var/library')).toEqual({ mountPoint: '/', type: 'ext4' });
    expect(mountOf(info, '/with space/x')).toEqual({ mountPoint: '/with space', type: 'btrfs' });
  });
});
