import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestCheckout } from './guest/checkout.ts';
import { snapshot } from './guest/host-state.ts';
import { LabOnGuest, minuteMs, supervisorPid } from './guest/lab-on-guest.ts';
import { differences, type HostState } from './guest/parse-state.ts';
import { suites } from './guest/suite.ts';

/** Debian's own, too old or of another build than machines can have: emulated, apt would need ten minutes for them. */
const packages = ['nodejs', 'npm'];

/**
 * Debian packages stay, and what the kernel loaded once, with its settings; with systemd-container 257 a local socket of its own, which is
 * not enabled but part of the package.
 */
const mayStay =
  /^(packages|modules): new: |^settings: new: (net\.(bridge|netfilter|nf_conntrack)|fs\.fuse)|^active units: new: systemd-importd\.socket /;

/**
 * The lab on hosts as people have them: a stock Debian with systemd, cgroup v2 and D-Bus, where nothing was installed by
 * hand. One host for each release, which each test takes as the one before left it.
 */
describe.each(suites)('a stock Debian %s', (suite: string) => {
  let lab: LabOnGuest;
  let before: HostState;
  const ask = (command: string) => lab.guest.ask(command);

  beforeAll(async () => {
    lab = await LabOnGuest.boot({ suite: suite as (typeof suites)[number], packages });
    before = await snapshot(lab.guest);
  }, 40 * minuteMs);
  afterAll(() => lab?.guest.kill());

  it('is what it says: systemd as PID 1, cgroup v2, D-Bus, nothing of the lab installed', async () => {
    expect(await ask('cat /proc/1/comm; stat -f -c %T /sys/fs/cgroup')).toBe('systemd\ncgroup2fs');
    expect((await lab.guest.run('busctl status >/dev/null; command -v buildah mmdebstrap')).stdout).toBe('');
  });

  it('is refused nothing by the doctor, which is the first command', async () => {
    const { exitCode, stdout } = await lab.run('doctor', 40 * minuteMs);
    expect([exitCode, stdout.includes('This host can run the lab')]).toEqual([0, true]);
    expect(stdout).toMatch(/Node\.js +24\.\d+\.\d+, the lab's own/);
  });

  it('comes up whole, with what limits a machine, and enables nothing for the next boot', async () => {
    await lab.must('up', 40 * minuteMs);
    await lab.isWhole();
    expect(await ask(`cat /proc/${supervisorPid}/cgroup`)).toBe('0::/coreos-lab/lab/supervisor');
    // Nothing of the lab can reach the host's D-Bus or systemd.
    const sockets = '/run/dbus/system_bus_socket /run/systemd/private';
    expect((await lab.guest.run(`nsenter --mount --target ${supervisorPid} ls ${sockets}`)).stdout).toBe('');
    const info = await lab.must("ssh core-02 -- 'free -m; docker info 2>&1'");
    expect(info).toMatch(/^Mem:\s+2048 /m);
    expect(info).toContain('Total Memory: 2GiB');
    expect(info).toContain('Cgroup Version: 2');
    expect(info).not.toMatch(/No (memory|cpu|kernel|swap|io|blkio|pids)\w* .*support|discarded/i);
    const services = 'systemctl is-enabled docker-registry lxcfs; systemctl is-active docker-registry lxcfs; true';
    expect((await ask(services)).split('\n')).toEqual(['disabled', 'disabled', 'inactive', 'inactive']);
  });

  it('lets a memory hog die alone', async () => {
    const pids = `ssh core-03 -- 'cat /proc/sys/kernel/random/boot_id; systemctl show -p MainPID etcd fleet docker'`;
    const was = await lab.must(pids);
    const hog = 'const a = []; for (;;) a.push(Buffer.alloc(64 * 1024 * 1024, 1))';
    expect((await lab.run(`ssh core-03 -- "node -e '${hog}'; echo exit=\\$?"`)).stdout).toContain('exit=137');
    expect(await lab.must(pids)).toBe(was);
    await lab.isWhole();
  });

  it('halts and cuts machines, and brings them back', async () => {
    const states = async () => (await lab.machines()).map(({ state }) => state);
    await lab.must('halt core-02');
    expect(await states()).toEqual(['running', 'stopped', 'running']);
    await lab.must('up');
    await lab.must('cut core-03');
    expect(await states()).toEqual(['running', 'running', 'stopped']);
    await lab.must('up');
    await lab.isWhole();
  });

  it('pauses a machine and lets it go on', async () => {
    const events = 'cat /sys/fs/cgroup/coreos-lab/lab/core-01/cgroup.events';
    await lab.impair('core-01', 'impair', { kind: 'pause' });
    expect(await ask(events)).toContain('frozen 1');
    await lab.impair('core-01', 'lift', { kind: 'pause' });
    expect(await ask(events)).toContain('frozen 0');
  });

  it('slows CPU and disk of a machine, and gives both back', async () => {
    const read = (file: string) => ask(`cat /sys/fs/cgroup/coreos-lab/lab/core-01/${file}`);
    await lab.impair('core-01', 'impair', { kind: 'slow-cpu', cpus: 0.2 });
    expect(await read('cpu.max')).toBe('20000 100000');
    await lab.impair('core-01', 'lift', { kind: 'slow-cpu', cpus: 0.2 });
    expect(await read('cpu.max')).toBe('100000 100000');

    // 1 MB at 256 KB/s, past the page cache and in few requests, of which the emulated disk takes some hundred a second.
    const writing = 'dd if=/dev/zero of=/var/tmp/slow bs=64k count=16 oflag=direct 2>&1';
    const seconds = async () =>
      Number(/, ([0-9.]+) s,/.exec(await lab.must(`ssh core-01 -- "${writing}"`))?.[1] ?? Number.NaN);
    await lab.impair('core-01', 'impair', { kind: 'slow-disk', bytesPerSecond: 262_144 });
    expect(await read('io.max')).toContain('rbps=262144 wbps=262144');
    const slow = await seconds();
    await lab.impair('core-01', 'lift', { kind: 'slow-disk', bytesPerSecond: 262_144 });
    expect(await read('io.max')).toBe('');
    expect(slow).toBeGreaterThan(3);
    expect(await seconds()).toBeLessThan(slow);
  });

  it(
    'runs a scenario to its verdict',
    async () => {
      expect(await lab.must('scenario failover', 90 * minuteMs)).toContain('PASS');
    },
    95 * minuteMs,
  );

  it('converges after kill -9 of the supervisor', async () => {
    await ask(`kill -9 ${supervisorPid}`);
    await lab.must('up');
    await lab.isWhole();
  });

  it('stands through a restart of systemd-networkd: link, address, routes and fence', async () => {
    const network = 'ip -br address show lab-lab | tr -s " "; ip route show | grep -E "lab-lab|unreachable" | sort';
    const was = await ask(network);
    expect(was).toContain('172.17.8.254/24');
    expect(was.match(/unreachable/g)).toHaveLength(2);
    const catchAll = '/etc/systemd/network/05-all.network';
    await ask(
      `printf '[Match]\\nType=ether\\n[Network]\\nDHCP=yes\\n' >${catchAll} && systemctl restart systemd-networkd`,
    );
    // It has gone through all links once it says so of the host's own.
    await ask('/lib/systemd/systemd-networkd-wait-online --any --timeout=120');
    expect(await ask(network)).toBe(was);
    await ask(`rm ${catchAll} && networkctl reload`);
    await lab.isWhole();
  });

  it('outlives the unit that called it', async () => {
    await lab.must('halt');
    await ask(`kill -9 ${supervisorPid}`);
    const call = `systemd-run --wait --collect --quiet -p WorkingDirectory=${guestCheckout} -E HOME=/root ./lab up`;
    await lab.guest.ask(`cd ${guestCheckout} && ${call}`, { deadlineMs: 15 * minuteMs });
    await lab.isWhole();
  });

  it('keeps its addresses on the host through a reboot, and comes back with its data', async () => {
    await lab.must('ssh core-01 -- etcdctl set /kept yes');
    await lab.guest.reboot();
    for (const address of ['172.17.8.101', '10.1.2.3'])
      expect((await lab.guest.run(`ip route get ${address}`)).exitCode).not.toBe(0);
    await lab.must('up');
    await lab.isWhole();
    expect(await lab.must('ssh core-02 -- etcdctl get /kept')).toContain('yes');
  });

  it('leaves the host as it was', async () => {
    await lab.must('destroy');
    const left = differences(before, await snapshot(lab.guest));
    expect(left.filter((line) => !mayStay.test(line))).toEqual([]);
  });
});
