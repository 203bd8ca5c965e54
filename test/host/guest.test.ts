import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootHost } from './guest/boot-host.ts';
import { syncCheckout } from './guest/checkout.ts';
import type { HostGuest } from './guest/host-guest.ts';
import { snapshot } from './guest/host-state.ts';
import { differences } from './guest/parse-state.ts';
import { suites } from './guest/suite.ts';
import { repoDir } from '../support/lab-cli.ts';

describe.each(suites)('a stock Debian %s', (suite) => {
  let guest: HostGuest;
  beforeAll(async () => {
    guest = await bootHost({ suite, onProgress: (line) => console.log(line) });
  });
  afterAll(async () => guest?.kill());

  it('boots as an ordinary host does', async () => {
    expect(await guest.ask('systemctl is-system-running')).toBe('running');
    expect(await guest.ask('stat -f -c %T /sys/fs/cgroup')).toBe('cgroup2fs');
    expect(await guest.ask('. /etc/os-release && echo $VERSION_CODENAME')).toBe(suite);
    expect(await guest.ask('cat /sys/module/apparmor/parameters/enabled')).toBe('Y');
    expect(await guest.ask('networkctl --no-pager --no-legend list')).toMatch(/ether +routable +configured/);
    expect((await guest.run('command -v node systemd-nspawn mmdebstrap')).stdout).toBe('');
  });

  it('has what the lab needs beside it, and a checkout', async () => {
    await syncCheckout(guest, repoDir, { installed: false });
    expect(await guest.ask('ls /root/coreos-lab/lab /root/coreos-lab/package.json')).not.toBe('');
    expect(await guest.ask('ls /root/.cache/coreos-lab')).toBe('containers\nos-image\nregistry');
    const capabilities = 'getcap -r /root/.cache/coreos-lab/os-image/*/root/usr/bin 2>/dev/null';
    expect(await guest.ask(capabilities)).toContain('/ping cap_net_raw=ep');
  });

  it('is as it was, but for what changed', async () => {
    const before = await snapshot(guest);
    expect(differences(before, await snapshot(guest))).toEqual([]);
    await guest.ask('ip link add probe0 type dummy && mkdir /sys/fs/cgroup/probe && mount -t tmpfs probe /mnt');
    expect(differences(before, await snapshot(guest)).map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual(
      expect.arrayContaining(['mounts new', 'cgroups new', 'links new']),
    );
    await guest.ask('ip link del probe0 && rmdir /sys/fs/cgroup/probe && umount /mnt && rmmod dummy');
    expect(differences(before, await snapshot(guest))).toEqual([]);
  });

  it('installs packages from its own disk', async () => {
    await guest.ask('apt-get -q update && apt-get -q install -y --no-install-recommends tini', { deadlineMs: 300_000 });
    expect(await guest.ask('tini --version')).toContain('tini version');
  });

  it('comes back from a reboot, and from a power cut', async () => {
    await guest.reboot();
    expect(await guest.ask('cat /proc/uptime')).not.toBe('');
    await guest.ask('echo kept >/root/kept && sync');
    await guest.reset();
    expect(await guest.ask('cat /root/kept')).toBe('kept');
    await guest.powerOff();
    expect(guest.qemu.pid).toBeGreaterThan(0);
  });
});
