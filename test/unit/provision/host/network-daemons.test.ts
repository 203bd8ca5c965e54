import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

type Files = Readonly<Record<string, string>>;

/** A host with systemd-networkd, and these files of its. */
function networkd(files: Files) {
  const dirs: Record<string, string[]> = { '/proc/self/ns': ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] };
  for (const path of Object.keys(files)) {
    const cut = path.lastIndexOf('/');
    (dirs[path.slice(0, cut)] ??= []).push(path.slice(cut + 1));
  }
  return { files: { ...files, '/run/systemd/netif/state': '' }, dirs };
}

const etc = '/etc/systemd/network';

describe('network daemons', () => {
  it.each<[string, Files]>([
    ['no file', {}],
    ['a file for another name', { [`${etc}/00-eth.network`]: '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n' }],
    ['a file that comes later', { [`${etc}/20-all.network`]: '[Match]\nType=ether\n' }],
    ['a file that leaves labs out', { [`${etc}/00-all.network`]: '[Match]\nName=!lo lab-*\n' }],
    ['all that is Ethernet but labs', { [`${etc}/00-all.network`]: '[Match]\nType=ether\nName=!lab-*\n' }],
    ['a hardware address', { [`${etc}/00-a.network`]: '[Match]\nType=ether\nMACAddress=00:00:5e:00:53:01\n' }],
    ['bridges', { [`${etc}/00-a.network`]: '[Match]\nKind=bridge\n' }],
    ["Debian's for containers", { '/usr/lib/systemd/network/00-ve.network': '[Match]\nKind=veth\nName=ve-*\n' }],
    [
      'other kinds of files',
      { [`${etc}/00-a.link`]: '[Match]\nOriginalName=*\n', [`${etc}/00-a.network.off`]: '[Match]\nName=*\n' },
    ],
    ['a masked file', { [`${etc}/00-a.network`]: '', '/usr/lib/systemd/network/00-a.network': '[Match]\nName=*\n' }],
    ['half a pattern', { [`${etc}/00-a.network`]: '[Match]\nName=lab-[\n' }],
    ['keys of other sections', { [`${etc}/00-a.network`]: '[Match]\nName=eth0\n[Route]\nType=ether\n# Name=*\n' }],
  ])('no harm: %s', async (_, files) => {
    expect(await check('network-daemons', networkd(files))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('alone') as string,
    });
  });

  it.each<[string, Files, string]>([
    ['everything', { [`${etc}/00-all.network`]: '[Match]\nName=*\n' }, `${etc}/00-all.network`],
    [
      'all that is Ethernet',
      { '/run/systemd/network/00-05.network': '[Match]\nType=ether\n' },
      '/run/systemd/network/00-05.network',
    ],
    ['every veth', { [`${etc}/00-av.network`]: '[Match]\nKind = veth\n' }, `${etc}/00-av.network`],
    [
      'a pattern',
      { [`${etc}/00-al.network`]: '; odd\n[Match]\nName=eth? [k-m]ab-*\nHost=here\n' },
      `${etc}/00-al.network`,
    ],
    [
      'a file that matches all for want of a match',
      { [`${etc}/00-an.network`]: '[Network]\nDHCP=yes\n' },
      `${etc}/00-an.network`,
    ],
    [
      'the first of several',
      { [`${etc}/00-b.network`]: '[Match]\nName=*\n', '/lib/systemd/network/00-a.network': '[Match]\nType=ether\n' },
      '/lib/systemd/network/00-a.network',
    ],
  ])('warns of a file for %s', async (_, files, path) => {
    const found = await check('network-daemons', networkd(files));
    expect(found).toMatchObject({
      status: 'warn',
      detail: `systemd-networkd takes the lab's link lab-lab: ${path} is for it too`,
    });
    expect(found.fix).toContain(path);
  });

  it('does not ask where no networkd is active', async () => {
    const { dirs, files } = networkd({ [`${etc}/00-all.network`]: '[Match]\nName=*\n' });
    expect(
      await check('network-daemons', { dirs, files: { ...files, '/run/systemd/netif/state': undefined } }),
    ).toMatchObject({ status: 'ok' });
  });
});
