import { describe, expect, it } from 'vitest';
import { differences, parseState } from '../../host/guest/parse-state.ts';

const stateOf = (sections: Record<string, string>) =>
  parseState(
    Object.entries(sections)
      .map(([aspect, lines]) => `== ${aspect}\n${lines}\n`)
      .join(''),
  );

describe("a host's state", () => {
  it('knows a mount by everything but its numbers', () => {
    const before = stateOf({ mounts: '29 1 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw,errors=remount-ro' });
    expect(before.mounts).toEqual(['/ / rw,noatime shared ext4 /dev/vda rw,errors=remount-ro']);
    const same = stateOf({ mounts: '30 1 254:0 / / rw,noatime shared:7 - ext4 /dev/vda rw,errors=remount-ro' });
    expect(differences(before, same)).toEqual([]);
    const other = stateOf({ mounts: '29 1 254:0 / / rw,noatime - ext4 /dev/vda rw,errors=remount-ro' });
    expect(differences(before, other)).toEqual([
      'mounts: new: / / rw,noatime  ext4 /dev/vda rw,errors=remount-ro',
      'mounts: gone: / / rw,noatime shared ext4 /dev/vda rw,errors=remount-ro',
    ]);
  });

  it('leaves out kernel threads, ssh sessions and what runs in them, and knows processes by their command lines', () => {
    const lines = [
      '1 0 /sbin/init',
      '2 0 [kthreadd]',
      '9 2 [kworker/0:1]',
      '400 1 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
      '410 400 sshd: root@notty',
      '420 410 bash -c ps',
      '430 420 ps -e',
      '500 1 /usr/sbin/cron -f',
      '510 1 (udev-worker)',
    ];
    expect(stateOf({ processes: lines.join('\n') }).processes).toEqual([
      '/sbin/init',
      '/usr/sbin/cron -f',
      'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
    ]);
  });

  it('leaves out cgroups and units of sessions and of moments', () => {
    const cgroups = [
      'init.scope',
      'user.slice/user-0.slice',
      'user.slice',
      'system.slice/run-u7.service',
      'coreos-lab',
    ];
    expect(stateOf({ cgroups: cgroups.join('\n') }).cgroups).toEqual(['coreos-lab', 'init.scope', 'user.slice']);
  });

  it('counts lines that are there more than once, and keeps the order of firewall rules', () => {
    const once = stateOf({ rules: '0: from all lookup local', nftables: 'b\na' });
    expect(once.nftables).toEqual(['b', 'a']);
    const twice = stateOf({ rules: '0: from all lookup local\n0: from all lookup local', nftables: 'b\na' });
    expect(differences(once, twice)).toEqual(['rules: new: 0: from all lookup local']);
    const swapped = stateOf({ rules: '0: from all lookup local', nftables: 'a\nb' });
    expect(differences(once, swapped)).toEqual(['nftables: other order']);
  });
});
