import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

describe('user namespace', () => {
  it.each<[string, string | undefined, 'ok' | 'fail', RegExp]>([
    ['the first', '         0          0 4294967295\n', 'ok', /root of the host/],
    ['a kernel without them', undefined, 'ok', /root of the host/],
    ['a rootless container', '0 1000 1\n1 100000 65536\n', 'fail', /user 1000 of the host/],
    ['an unprivileged container', '0 100000 65536\n', 'fail', /user 100000 of the host/],
    ['root alone', '0 0 1\n', 'fail', /root here is not that of the host/],
    ['nobody mapped yet', '', 'fail', /root here is not that of the host/],
    ['odd', 'x\n', 'fail', /root here is not that of the host/],
  ])('%s', async (_, map, status, detail) => {
    const found = await check('user-namespace', { files: { '/proc/self/uid_map': map } });
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
  });
});

describe('AppArmor and SELinux', () => {
  const on = { '/sys/module/apparmor/parameters/enabled': 'Y\n' };
  const security = '/sys/kernel/security/apparmor';
  const withProfiles = (profiles: string) => ({ files: { ...on, [`${security}/profiles`]: profiles } });

  it('do not matter where they are off, or on without a profile for the lab', async () => {
    expect(
      await check('access-control', { files: { '/sys/module/apparmor/parameters/enabled': 'N\n' } }),
    ).toMatchObject({
      status: 'ok',
    });
    for (const profiles of [
      '',
      'odd line\n(enforce)\n',
      'man_groff (enforce)\n/usr/bin/man (enforce)\nlsb_release (enforce)\n',
      'unshare (unconfined)\nlxcfs (unconfined)\n/usr/sbin/dnsmasq (complain)\nlibvirtd//node (enforce)\n',
    ])
      expect(await check('access-control', withProfiles(profiles)), profiles).toMatchObject({ status: 'ok' });
    expect(await check('access-control', { files: on })).toMatchObject({ status: 'ok' });
  });

  it('AppArmor is told off by path or by name', async () => {
    const found = await check('access-control', withProfiles('/usr/sbin/dnsmasq (enforce)\nunshare (enforce)\n'));
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringMatching(/dnsmasq, unshare;/) as string });
    expect(found.fix).toMatch(/aa-complain dnsmasq unshare$/);
  });

  it('AppArmor is told off by what a profile of another name attaches to', async () => {
    const at = `${security}/policy/profiles/nodejs.3`;
    const found = await check('access-control', {
      files: {
        ...on,
        [`${security}/profiles`]: 'nodejs (enforce)\n',
        [`${at}/name`]: 'nodejs\n',
        [`${at}/attach`]: '/{,usr/}bin/node\n',
      },
      dirs: { [`${security}/policy/profiles`]: ['nodejs.3', 'gone.1'], '/proc/self/ns': [] },
    });
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringContaining('confines node;') as string });
  });

  it('SELinux enforcing is worth a warning, permissive is not', async () => {
    const enforce = (text: string) => check('access-control', { files: { '/sys/fs/selinux/enforce': text } });
    expect(await enforce('1')).toMatchObject({ status: 'warn', fix: 'setenforce 0' });
    expect(await enforce('0')).toMatchObject({ status: 'ok' });
  });
});
