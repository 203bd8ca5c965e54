import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requiredPackages } from '#provision/host/package-list.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { guestCheckout } from './guest/checkout.ts';
import type { RunOptions } from './guest/guest-shell.ts';
import { snapshot } from './guest/host-state.ts';
import { LabOnGuest, minuteMs, supervisorPid } from './guest/lab-on-guest.ts';
import { differences, type HostState } from './guest/parse-state.ts';

/** The lab beside what else people have on a host; all of it starts at the host's boot, before the lab. */
const neighbours = [
  'docker.io',
  'firewalld',
  'nftables',
  'libvirt-daemon-system',
  'network-manager',
  'wireguard-tools',
];
const packages = ['nodejs', 'npm', ...Object.keys(requiredPackages), ...neighbours];

let lab: LabOnGuest;
let before: HostState;
const ask = (command: string, options?: RunOptions) => lab.guest.ask(command, options);
const doctor = async () => (await lab.run('doctor', 40 * minuteMs)).stdout;
/** Line of a check, with its fix. */
const finding = (report: string, title: string) =>
  new RegExp(`^\\w+ +${title}.*(\\n +fix: .*)?`, 'm').exec(report)?.[0] ?? '';
/** The host asks a machine, and machines each other. */
const talks = async () => {
  await lab.isWhole();
  expect(await lab.must('ssh core-01 -- ping -c 3 -W 10 172.17.8.102')).toContain(' 0% packet loss');
};

beforeAll(async () => {
  lab = await LabOnGuest.boot({ suite: 'bookworm', packages });
  before = await snapshot(lab.guest);
}, 60 * minuteMs);
afterAll(() => lab?.guest.kill());

it("beside Docker, firewalld, libvirt and NetworkManager the doctor names Docker's range, and nothing stands in the way", async () => {
  expect(await ask('systemctl is-active docker firewalld NetworkManager')).toBe('active\nactive\nactive');
  const report = await doctor();
  expect(finding(report, 'Address range')).toMatch(/^warn .*172\.17\.0\.0\/16 on docker0 contains the lab's/);
  expect(finding(report, 'Firewall')).toMatch(/^ok /);
  expect(report).toContain('This host can run the lab');
});

it('the lab comes up whole beside them', async () => {
  await lab.must('up', 40 * minuteMs);
  await talks();
  expect(await ask('nmcli -t -f DEVICE,STATE device | grep ^lab-lab')).toContain('unmanaged');
});

it('a Docker that starts afterwards, and a firewalld that reloads, do no harm', async () => {
  await ask('systemctl restart docker && firewall-cmd --reload && systemctl restart NetworkManager');
  await talks();
  expect(await ask('ip -br address show lab-lab')).toContain('172.17.8.254/24');
});

it('a firewall that drops answers too is named, with a rule that helps', async () => {
  await ask('systemctl stop firewalld docker && nft flush ruleset');
  // In one transaction: a chain that drops everything would end the connection by which its rules come.
  const chain = 'add chain inet strict in { type filter hook input priority 0; policy drop; }';
  const accept = ['lo', 'en*'].map((name) => `add rule inet strict in iifname "${name}" accept`);
  await ask(`nft '${['add table inet strict', chain, ...accept].join('; ')}'`);
  const found = finding(await doctor(), 'Firewall');
  expect(found).toMatch(/^warn .*chain in of table inet strict drops the machines' answers/);
  await ask(/fix: (.*)/.exec(found)?.[1] ?? 'false');
  expect(finding(await doctor(), 'Firewall')).toMatch(/^ok /);
  await talks();
  await ask('nft flush ruleset && systemctl start firewalld docker');
});

it("a VPN's wide route is named and does no harm; a rule that would take the lab's addresses is named with its fix", async () => {
  await ask('ip link add vpn0 type dummy && ip link set vpn0 up && ip route add 172.16.0.0/12 dev vpn0');
  expect(finding(await doctor(), 'Address range')).toContain('172.16.0.0/12 on vpn0');
  await talks();
  // All goes by the VPN but what has to reach its server; here that is the way by which these commands come.
  const outside = 'ip rule add priority 900 to 10.0.2.0/24 lookup main';
  await ask(`${outside} && ip route add default dev vpn0 table 77 && ip rule add priority 1000 lookup 77`);
  const found = finding(await doctor(), 'Routing rules');
  expect(found).toMatch(/^warn /);
  await ask(/fix: (.*)/.exec(found)?.[1] ?? 'false');
  await talks();
  await ask(
    'while ip rule del lookup main to 172.17.8.0/24; do :; done 2>/dev/null; while ip rule del lookup main to 10.1.0.0/16; do :; done 2>/dev/null; ip rule del priority 900; ip rule del lookup 77; ip link del vpn0',
  );
});

it('outlives a login whose processes all end with it', async () => {
  const conf = '/etc/systemd/logind.conf.d/90-kill.conf';
  // With nobody named logind leaves root's processes alone.
  const setting = "printf '[Login]\\nKillUserProcesses=yes\\nKillExcludeUsers=nobody\\n'";
  await ask(`mkdir -p ${dirname(conf)} && ${setting} >${conf} && systemctl restart systemd-logind`);
  await lab.must('halt');
  await ask(`kill -9 ${supervisorPid}`);
  const up = `(cd ${guestCheckout} && ./lab up) >/dev/null 2>&1 && { nohup sleep 7000 >/dev/null 2>&1 & echo $!; }`;
  const left = await ask(up, { login: true, deadlineMs: 15 * minuteMs });
  expect(left).toMatch(/^\d+$/);
  await waitUntil({
    condition: 'what else that login left has been ended',
    deadlineMs: 2 * minuteMs,
    everyMs: 1_000,
    check: async () => (await lab.guest.run(`test -e /proc/${left}`)).exitCode !== 0,
    next: 'loginctl list-sessions',
  });
  await talks();
  await ask(`rm -r ${dirname(conf)} && systemctl restart systemd-logind`);
});

it('leaves them as they were', async () => {
  await lab.must('destroy');
  const left = differences(before, await snapshot(lab.guest));
  expect(
    left.filter(
      (line) =>
        !/^modules: new: |^settings: new: |^(processes|iptables|nftables|active units|addresses): /.test(line) &&
        // They end by themselves when nobody asks them anything.
        !/^cgroups: gone: system\.slice\/(NetworkManager-dispatcher|libvirtd)\.service$/.test(line),
    ),
  ).toEqual([]);
});
