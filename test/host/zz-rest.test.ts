import { expect, it } from 'vitest';
import { requiredPackages } from '/work/main/provision/host/package-list.ts';
import { bootHost } from '/work/main/test/host/guest/boot-host.ts';
import { guestCheckout, syncCheckout } from '/work/main/test/host/guest/checkout.ts';
import { snapshot } from '/work/main/test/host/guest/host-state.ts';
import { differences } from '/work/main/test/host/guest/parse-state.ts';
const suite = process.env.SUITE as 'trixie';
const t0 = performance.now();
const say = (line: string) => console.log(`${((performance.now() - t0) / 1000).toFixed(0)} [${suite}] ${line}`);
it('rest', async () => {
  const guest = await bootHost({ suite, packages: ['nodejs', 'npm', ...Object.keys(requiredPackages)], onProgress: say });
  try {
    await syncCheckout(guest, '/work/main', { installed: true });
    await guest.ask(`sed -i 's/^stretch = 1$/stretch = 10/' ${guestCheckout}/lab.toml`);
    say(await guest.ask('systemctl is-enabled docker-registry lxcfs; systemctl disable --now docker-registry lxcfs 2>&1; cat /sys/fs/cgroup/cgroup.subtree_control; uname -r; systemctl --version | head -1'));
    const lab = async (words: string) => {
      const began = performance.now();
      const out = await guest.run(`cd ${guestCheckout} && ./lab ${words}`, { deadlineMs: 20 * 60_000, onLine: say });
      say(`lab ${words}: ${out.exitCode} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
      return out;
    };
    await lab('--version');
    const before = await snapshot(guest);
    const run = await guest.run(`cd ${guestCheckout} && systemd-run --wait --collect --pipe --quiet -p WorkingDirectory=${guestCheckout} -E HOME=/root ./lab up`, { deadlineMs: 20 * 60_000, onLine: say });
    say(`systemd-run: ${run.exitCode}`);
    await lab('status');
    await lab("ssh core-02 -- 'free -m | head -2; docker info 2>&1 | grep -iE \"cgroup|memory|cpus|support|discard\"; systemctl is-system-running; systemctl --failed --no-legend'");
    await lab(`ssh core-03 -- "node -e 'const a = []; for (;;) a.push(Buffer.alloc(64 * 1024 * 1024, 1))'; echo exit=\\$?"`);
    await lab('ssh core-01 -- etcdctl set /kept yes');
    say(await guest.ask('cat /sys/fs/cgroup/cgroup.subtree_control; cat /run/coreos-lab/enabled-controllers; grep cgroup2 /proc/self/mountinfo; ip route; networkctl list --no-pager'));
    await guest.reboot();
    say(JSON.stringify([await guest.run('ip route get 172.17.8.101'), await guest.run('ip route get 10.1.2.3')]));
    say((await guest.run('systemctl status "coreos-lab*" --no-pager -l')).stdout);
    await lab('up');
    await lab('ssh core-02 -- etcdctl get /kept');
    await lab('destroy');
    const left = differences(before, await snapshot(guest));
    for (const line of left) say(`LEFT ${line}`);
  } finally {
    await guest.kill();
  }
  expect(1).toBe(1);
});
