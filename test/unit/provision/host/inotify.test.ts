import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

const limit = '/proc/sys/fs/inotify/max_user_instances';
const watchLimit = '/proc/sys/fs/inotify/max_user_watches';

/** A process with so many inotify instances, of one watch each, beside its standard output. */
function watcher(pid: number, uid: number, count: number, cgroup = '/user.slice') {
  const fds = Array.from({ length: count }, (_, i) => String(i + 3));
  return {
    pid: String(pid),
    dirs: { [`/proc/${pid}/fd`]: ['1', ...fds] },
    links: Object.fromEntries([
      [`/proc/${pid}/fd/1`, '/dev/null'],
      ...fds.map((fd) => [`/proc/${pid}/fd/${fd}`, 'anon_inode:inotify']),
    ]) as Record<string, string>,
    files: {
      [`/proc/${pid}/status`]: `Name:\tx\nUid:\t1000\t${uid}\t0\t0\n`,
      [`/proc/${pid}/cgroup`]: `0::${cgroup}\n`,
      ...Object.fromEntries(fds.map((fd) => [`/proc/${pid}/fdinfo/${fd}`, 'pos:\t0\ninotify wd:1 ino:2\n'])),
    },
  };
}

const host = (files: Record<string, string>, ...watchers: ReturnType<typeof watcher>[]) => ({
  files: Object.assign({}, files, ...watchers.map((one) => one.files)) as Record<string, string>,
  links: Object.assign({}, ...watchers.map((one) => one.links)) as Record<string, string>,
  dirs: Object.assign(
    { '/proc': ['self', 'fs', ...watchers.map(({ pid }) => pid)] },
    { '/proc/self/ns': ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] },
    ...watchers.map((one) => one.dirs),
  ) as Record<string, string[]>,
});

describe('inotify', () => {
  it("is enough with the kernel's default on an idle host", async () => {
    const found = await check('kernel-inotify', host({ [limit]: '128\n' }, watcher(7, 0, 3), watcher(8, 1000, 90)));
    expect(found).toMatchObject({ status: 'ok', detail: "125 of root's 128 instances are free" });
  });

  it('warns when others of root leave little, fails when they leave too little', async () => {
    const little = await check('kernel-inotify', host({ [limit]: '128\n' }, watcher(7, 0, 80)));
    expect(little).toMatchObject({ status: 'warn', detail: "48 of root's 128 instances are free, 3 machines want 60" });
    expect(little.fix).toMatch(/^echo fs\.inotify\.max_user_instances=1024 >> \/etc\/sysctl\.d\/\S+ && sysctl -p /);
    const none = await check('kernel-inotify', host({ [limit]: '128\n' }, watcher(7, 0, 120)));
    expect(none).toMatchObject({ status: 'fail' });
    const many = await check('kernel-inotify', host({ [limit]: '2000\n' }, watcher(7, 0, 1990)));
    expect(many.fix).toContain('max_user_instances=8192');
  });

  it('does not count what the lab itself holds', async () => {
    const own = watcher(7, 0, 100, '/coreos-lab/lab/core-01/machine');
    expect(await check('kernel-inotify', host({ [limit]: '128\n' }, own))).toMatchObject({ status: 'ok' });
  });

  it('warns of too few watches', async () => {
    const found = await check('kernel-inotify', host({ [watchLimit]: '601\n' }, watcher(7, 0, 2)));
    expect(found).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^599 of root's 601 watches/) as string,
    });
    expect(found.fix).toContain('max_user_watches=65536');
  });

  it.each(['', 'odd\n'])('says when the limit cannot be read: %j', async (text) => {
    expect(await check('kernel-inotify', host({ [limit]: text }))).toMatchObject({ status: 'warn' });
  });
});
