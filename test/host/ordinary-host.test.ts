import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootHost } from './guest/boot-host.ts';
import { guestCheckout, syncCheckout } from './guest/checkout.ts';
import type { HostGuest } from './guest/host-guest.ts';
import { snapshot } from './guest/host-state.ts';
import { differences, type HostState } from './guest/parse-state.ts';
import { suites } from './guest/suite-sources.ts';
import { repoDir } from '../support/lab-cli.ts';

/** An emulated CPU; the guests of `lab test --tier vagrant` have the same. */
const stretch = 10;
const minute = 60_000;
/** Debian's own, which is too old, or of another build: emulated, apt would need ten minutes for it. */
const packages = ['nodejs', 'npm'];
const supervisorPid = `pgrep -f '^unshare --pid.*supervisor-spec.json'`;

/**
 * The lab on hosts as people have them: a stock Debian with systemd, cgroup v2 and D-Bus, where nothing was installed by
 * hand. One host for each release, which each test takes as the one before left it.
 */
describe.each(suites)('a stock Debian %s', (suite) => {
  let guest: HostGuest;
  let before: HostState;
  const say = (line: string) => console.log(`[${suite}] ${line}`);
  const lab = async (words: string, deadlineMs = 15 * minute) => {
    const began = performance.now();
    const outcome = await guest.run(`cd ${guestCheckout} && ./lab ${words}`, { deadlineMs, onLine: say });
    say(`lab ${words}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return outcome;
  };
  const must = async (words: string, deadlineMs?: number): Promise<string> => {
    const { exitCode, stdout, stderr } = await lab(words, deadlineMs);
    expect([exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    return stdout;
  };
  const machines = async () =>
    (JSON.parse(await must('status --json')) as { machines: { name: string; state: string; etcd: string }[] }).machines;
  const whole = async () => {
    const found = await machines();
    expect(found.map(({ state, etcd }) => [state, etcd])).toEqual(found.map(() => ['running', 'healthy']));
    expect(found).toHaveLength(3);
  };
  const control = (machine: string, verb: string, impairment: object) =>
    guest.ask(
      `$(ls /root/.cache/coreos-lab/node/*/bin/node) -e '
        const request = require("node:http").request({ socketPath: "/run/coreos-lab/lab/control.sock", method: "POST",
          path: "/machines/${machine}/${verb}" }, (response) => {
            response.pipe(process.stderr); process.exitCode = response.statusCode === 200 ? 0 : 1 });
        request.end(JSON.stringify(${JSON.stringify({ impairment })}))'`,
    );

  beforeAll(async () => {
    guest = await bootHost({ suite, packages, onProgress: say });
    await syncCheckout(guest, repoDir, { installed: false });
    await guest.ask(`sed -i 's/^stretch = 1$/stretch = ${stretch}/' ${guestCheckout}/lab.toml`);
    before = await snapshot(guest);
  }, 30 * minute);
  afterAll(() => guest?.kill());

  it('is what it says: systemd as PID 1, cgroup v2, D-Bus, nothing of the lab installed', async () => {
    expect(await guest.ask('cat /proc/1/comm; stat -f -c %T /sys/fs/cgroup')).toBe('systemd\ncgroup2fs');
    expect((await guest.run('busctl status >/dev/null; command -v buildah mmdebstrap')).stdout).toBe('');
  });

  it('is refused nothing by the doctor, which is the first command', async () => {
    const { exitCode, stdout } = await lab('doctor', 40 * minute);
    expect([exitCode, stdout.includes('This host can run the lab')]).toEqual([0, true]);
  });

  it(
    'comes up whole, with what limits a machine, and enables nothing for the next boot',
    async () => {
      await must('up', 40 * minute);
      await whole();
      const procs = await guest.ask(`cat /proc/$(${supervisorPid})/cgroup`);
      expect(procs).toBe('0::/coreos-lab/lab/supervisor');
      const info = await must("ssh core-02 -- 'free -m; docker info 2>&1'");
      expect(info).toMatch(/^Mem:\s+2048 /m);
      expect(info).toContain('Total Memory: 2GiB');
      expect(info).toContain('Cgroup Version: 2');
      expect(info).not.toMatch(/No \w+ support|discarded/);
      const enabled = await guest.ask(
        'systemctl is-enabled docker-registry lxcfs; systemctl is-active docker-registry lxcfs; true',
      );
      expect(enabled.split('\n')).toEqual(['disabled', 'disabled', 'inactive', 'inactive']);
    },
    45 * minute,
  );

  it('lets a memory hog die alone', async () => {
    const pids = `ssh core-03 -- 'cat /proc/sys/kernel/random/boot_id; systemctl show -p MainPID etcd fleet docker'`;
    const was = await must(pids);
    const hog = await lab(
      `ssh core-03 -- "node -e 'const a = []; for (;;) a.push(Buffer.alloc(64 * 1024 * 1024, 1))'; echo exit=\\$?"`,
    );
    expect(hog.stdout).toContain('exit=137');
    expect(await must(pids)).toBe(was);
    await whole();
  });

  it('halts and cuts machines, and brings them back', async () => {
    await must('halt core-02');
    expect((await machines()).map(({ state }) => state)).toEqual(['running', 'stopped', 'running']);
    await must('up');
    await must('cut core-03');
    expect((await machines()).map(({ state }) => state)).toEqual(['running', 'running', 'stopped']);
    await must('up');
    await whole();
  });

  it('pauses a machine and lets it go on', async () => {
    await control('core-01', 'impair', { kind: 'pause' });
    const events = 'cat /sys/fs/cgroup/coreos-lab/lab/core-01/cgroup.events';
    expect(await guest.ask(events)).toContain('frozen 1');
    await control('core-01', 'lift', { kind: 'pause' });
    expect(await guest.ask(events)).toContain('frozen 0');
  });

  it('slows CPU and disk of a machine, and gives both back', async () => {
    const read = (file: string) => guest.ask(`cat /sys/fs/cgroup/coreos-lab/lab/core-01/${file}`);
    await control('core-01', 'impair', { kind: 'slow-cpu', cpus: 0.2 });
    expect(await read('cpu.max')).toBe('20000 100000');
    await control('core-01', 'lift', { kind: 'slow-cpu' });
    expect(await read('cpu.max')).toBe('100000 100000');

    await control('core-01', 'impair', { kind: 'slow-disk', bytesPerSecond: 262_144 });
    expect(await read('io.max')).toContain('rbps=262144 wbps=262144');
    const write =
      "dd if=/dev/zero of=/var/tmp/slow bs=4k count=256 oflag=sync 2>&1 | tail -n 1 | sed 's/.*, \\([0-9.]* s\\),.*/\\1/'";
    const slow = parseFloat(await must(`ssh core-01 -- "${write}"`));
    await control('core-01', 'lift', { kind: 'slow-disk' });
    expect(await read('io.max')).toBe('');
    const quick = parseFloat(await must(`ssh core-01 -- "${write}"`));
    // 1 MB at 256 KB/s; only that the kernel held it back is asked, and that it no longer does.
    expect(slow).toBeGreaterThan(3.5);
    expect(quick).toBeLessThan(slow);
  });

  it(
    'runs a scenario to its verdict',
    async () => {
      const output = await must('scenario failover', 60 * minute);
      expect(output).toContain('PASS');
    },
    65 * minute,
  );

  it('converges after kill -9 of the supervisor', async () => {
    await guest.ask(`kill -9 $(${supervisorPid})`);
    await must('up');
    await whole();
  });

  it('stands through a restart of systemd-networkd: link, address, routes and fence', async () => {
    const network = 'ip -br address show lab-lab | tr -s " "; ip route show | grep -E "lab-lab|unreachable" | sort';
    const was = await guest.ask(network);
    expect(was).toContain('172.17.8.254/24');
    expect(was.match(/unreachable/g)).toHaveLength(2);
    await guest.ask(
      `printf '[Match]\\nType=ether\\n[Network]\\nDHCP=yes\\n' >/etc/systemd/network/05-all.network && systemctl restart systemd-networkd && networkctl reload`,
    );
    await guest.ask(
      'systemctl restart systemd-networkd && /lib/systemd/systemd-networkd-wait-online --interface=eth0 --timeout=60 || true',
    );
    expect(await guest.ask(network)).toBe(was);
    await guest.ask('rm /etc/systemd/network/05-all.network && networkctl reload');
    await whole();
  });

  it('outlives the unit that called it', async () => {
    await must('halt');
    await guest.ask(`kill -9 $(${supervisorPid})`);
    const call = `systemd-run --wait --collect --quiet -p WorkingDirectory=${guestCheckout} -E HOME=/root ./lab up`;
    await guest.ask(`cd ${guestCheckout} && ${call}`, { deadlineMs: 15 * minute });
    await whole();
  });

  it('keeps its addresses on the host through a reboot, and comes back with its data', async () => {
    await must('ssh core-01 -- etcdctl set /kept yes');
    await guest.reboot();
    expect((await guest.run('ip route get 172.17.8.101')).exitCode).not.toBe(0);
    expect((await guest.run('ip route get 10.1.2.3')).exitCode).not.toBe(0);
    await must('up');
    await whole();
    expect(await must('ssh core-02 -- etcdctl get /kept')).toContain('yes');
  });

  it('leaves the host as it was', async () => {
    await must('destroy');
    const left = differences(before, await snapshot(guest));
    // Debian packages stay, with the kernel's modules that were needed once and the settings those have.
    expect(
      left.filter(
        (line) => !/^(packages|modules): new: |^settings: new: (net\.bridge|net\.netfilter|fs\.fuse)/.test(line),
      ),
    ).toEqual([]);
  });
});
