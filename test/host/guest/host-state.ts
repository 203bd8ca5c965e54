import type { HostGuest } from './host-guest.ts';
import { type Aspect, type HostState, parseState } from './parse-state.ts';

/** How each aspect of a host's state is asked for; its lines are compared as a set. */
const questions: Readonly<Record<Aspect, string>> = {
  mounts: 'cat /proc/self/mountinfo',
  cgroups: 'find /sys/fs/cgroup -mindepth 1 -maxdepth 3 -type d -printf "%P\\n"',
  controllers: 'cat /sys/fs/cgroup/cgroup.subtree_control',
  links: 'ip -o link show',
  addresses: 'ip -o address show',
  routes: 'ip route show table all; ip -6 route show table all',
  rules: 'ip rule show; ip -6 rule show',
  nftables: '! command -v nft >/dev/null || nft --stateless list ruleset',
  // Asking about a table that is not there would make it.
  iptables: 'for table in $(cat /proc/net/ip_tables_names 2>/dev/null); do iptables-legacy-save -t "$table"; done',
  // Not `sysctl -a`: it would have systemd mount binfmt_misc.
  settings: '(cd /proc/sys && grep -rs . kernel net vm fs/inotify fs/file-max fs/nr_open | tr / .)',
  modules: 'cut -d " " -f 1 /proc/modules',
  loops: 'losetup --list --noheadings --output NAME,BACK-FILE',
  namespaces: 'lsns --noheadings --list --output TYPE,COMMAND',
  // systemd takes longer to answer for its unit files than D-Bus waits, when it is emulated.
  'enabled units': 'find /etc/systemd/system /run/systemd/system -type l -printf "%p %l\\n"',
  'active units': 'systemctl list-units --no-legend --plain --state=active',
  'failed units': 'systemctl list-units --no-legend --plain --all --state=failed',
  packages: "dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n'",
  processes: 'ps -e -o pid=,ppid=,args=',
  files: `find /run/coreos-lab /var/lib/coreos-lab /run/systemd/network /run/systemd/nspawn /run/systemd/system \\
    /run/udev/rules.d /run/NetworkManager/conf.d /etc/systemd /etc/NetworkManager /etc/sysctl.d /etc/modules-load.d \\
    /usr/sbin/policy-rc.d -printf '%p %y %l\\n' 2>/dev/null; true`,
};

/**
 * What a host is like at this moment, without what changes by itself.
 * @throws LabError `command.guest` when the guest does not answer
 */
export async function snapshot(guest: HostGuest): Promise<HostState> {
  // One question, so that all of the state is of nearly the same moment.
  const script = Object.entries(questions).map(([aspect, command]) => `echo '== ${aspect}'; { ${command}; }`);
  return parseState(await guest.ask(script.join('\n'), { deadlineMs: 120_000 }));
}
