import { describe, expect, it } from 'vitest';
import { runDoctor } from '#provision/host/doctor.ts';
import { planRemedies } from '#provision/host/remedy/plan-remedies.ts';
import { load } from '../config/config-directory.ts';
import { describedHost, type Description, modules } from './described-host.ts';

const nothing = { leftOvers: [], fence: undefined, mayInstall: true };

async function plan(changes: Description, seen: Parameters<typeof planRemedies>[1] = nothing) {
  return planRemedies(await runDoctor(load({}), describedHost(changes)), seen);
}

describe('what lab doctor --fix would do', () => {
  it('is nothing on a fit host', async () => {
    expect(await plan({})).toEqual({ remedies: [], left: [] });
  });

  it.each<[string, Description, string[]]>([
    ['/dev/fuse', { files: { '/dev/fuse': undefined } }, ['mknod', '-m', '600', '/dev/fuse', 'c', '10', '229']],
    [
      'the module fuse',
      { files: { ...modules('fuse'), '/proc/filesystems': 'nodev\toverlay\n\text4\n', '/dev/fuse': undefined } },
      ['modprobe', 'fuse'],
    ],
    [
      'the module loop',
      { files: { ...modules('loop', 'bridge', 'veth'), '/dev/loop-control': undefined } },
      ['modprobe', 'loop'],
    ],
    [
      'inotify instances, until the next boot',
      { files: { '/proc/sys/fs/inotify/max_user_instances': '20\n' } },
      ['sysctl', '-w', 'fs.inotify.max_user_instances=1024'],
    ],
    [
      'inotify watches',
      { files: { '/proc/sys/fs/inotify/max_user_watches': '100\n' } },
      ['sysctl', '-w', 'fs.inotify.max_user_watches=65536'],
    ],
  ])('%s', async (_, changes, command) => {
    const { remedies } = await plan(changes);
    expect(remedies.map(({ does, changesHost }) => ({ does, changesHost }))).toContainEqual({
      does: { kind: 'run', command },
      changesHost: true,
    });
  });

  it('installs packages, unless that is refused', async () => {
    const { remedies, left } = await plan({ missing: ['tini'] });
    expect(remedies).toMatchObject([{ id: 'packages', changesHost: true, does: { kind: 'install' } }]);
    expect(remedies[0]?.what).toMatch(/^apt-get update && apt-get install .* tini$/);
    expect(left).toEqual([]);
    const refused = await plan({ missing: ['tini'] }, { ...nothing, mayInstall: false });
    expect(refused.remedies).toEqual([]);
    expect(refused.left).toMatchObject([{ id: 'packages', why: expect.stringContaining('--no-install') as string }]);
  });

  it('leaves the rest to a person, each with its fix and the reason', async () => {
    const memory = 'MemTotal: 8000000 kB\nMemAvailable:   1048576 kB\n';
    const { remedies, left } = await plan({ files: { '/proc/meminfo': memory }, nodeVersion: '18.0.0' });
    expect(remedies).toEqual([]);
    expect(left.map(({ id }) => id)).toEqual(['node', 'memory']);
    for (const { fix, why, detail } of left) for (const text of [fix, why, detail]) expect(text).not.toBe('');
    expect(left[1]?.why).toBe('which programs may end, and how large machines are to be, is yours to say');
  });

  it("clears away what killed labs left, and says that a lab's disks stay; raises a fence; neither changes the host", async () => {
    const leftOver = {
      lab: 'old',
      stateDir: '/var/lib/coreos-lab/old',
      isLab: true,
      what: ['2 processes', 'link lab-old'],
    };
    const { remedies } = await plan(
      {},
      { ...nothing, leftOvers: [leftOver, { ...leftOver, isLab: false }], fence: 'lab' },
    );
    expect(remedies.map(({ what }) => what)).toEqual([
      'clear away what lab old, which does not run, left: 2 processes, link lab-old; its disks stay',
      'clear away what lab old, which does not run, left: 2 processes, link lab-old',
      'raise the fence of lab lab again, which keeps packets for its addresses on this host',
    ]);
    expect(remedies.every(({ changesHost }) => !changesHost)).toBe(true);
  });
});
