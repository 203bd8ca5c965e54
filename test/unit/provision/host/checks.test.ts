import { describe, expect, it } from 'vitest';
import type { Description } from './described-host.ts';
import { check } from './run-check.ts';

describe('a check', () => {
  it.each<[string, Description, 'warn' | 'fail', RegExp, RegExp]>([
    ['root', { uid: 1000 }, 'fail', /user 1000/, /^sudo/],
    [
      'capabilities',
      { files: { '/proc/self/status': 'CapEff:\t00000000a80425fb\n' } },
      'fail',
      /CAP_NET_ADMIN, CAP_SYS_ADMIN/,
      /--privileged/,
    ],
    ['node', { nodeVersion: '20.18.3' }, 'fail', /20\.18\.3, the system's .*; 20\.19\+/, /current Node\.js/],
    ['node', { nodeVersion: '22.11.0' }, 'fail', /22\.11\.0, the system's .*22\.12/, /current Node\.js/],
    ['node', { nodeVersion: '21.7.3' }, 'fail', /21\.7\.3/, /current Node\.js/],
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
      'machine-id',
      { files: { '/etc/machine-id': undefined } },
      'fail',
      /no \/etc\/machine-id/,
      /^systemd-machine-id-setup$/,
    ],
    [
      'machine-id',
      { files: { '/etc/machine-id': '\n' } },
      'fail',
      /no \/etc\/machine-id/,
      /^systemd-machine-id-setup$/,
    ],
    [
      'machine-id',
      { files: { '/etc/machine-id': 'uninitialized\n' } },
      'fail',
      /not 32 hex/,
      /^systemd-machine-id-setup$/,
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

  it("names the Node in use: the system's, or the lab's own", async () => {
    const nodePath = '/root/.cache/coreos-lab/node/24.21.0-x64/bin/node';
    expect(await check('node', {})).toMatchObject({ status: 'ok', detail: "20.19.0, the system's (/usr/bin/node)" });
    const detail = `24.21.0, the lab's own (${nodePath})`;
    expect(await check('node', { nodeVersion: '24.21.0', nodePath })).toMatchObject({ status: 'ok', detail });
  });

  it('does not ask a running lab for the memory it holds already', async () => {
    const files = { '/proc/meminfo': 'MemAvailable:  2097152 kB\n', '/sys/class/net/lab-lab': '' };
    expect(await check('memory', { files })).toMatchObject({ status: 'warn' });
  });
});
