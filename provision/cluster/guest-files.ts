import { file } from 'ignition-ts';
import type { LabConfig } from '../config/lab-config.ts';

/** systemd's own default for starting or stopping a unit, and for a device to appear (systemd-system.conf(5)). */
const systemdDefaultS = 90;

/** resident-client.sh waits 60 s for the 5 s that etcdctl may take in all. */
const mostPatience = 10;

/** A member that waits for its CPU while containers start loses the leader, or its lease. */
const first = 'CPUWeight=1000';

/** Lines for services as guests have them; the times are those of platform/systemd/units, as many times as long. */
const dropIns = (stretch: number): Readonly<Record<string, readonly string[]>> => ({
  etcd: [first],
  etcdctl: [first],
  flanneld: [first],
  fleet: [first, `TimeoutStopSec=${20 * stretch}s`],
  docker: [`TimeoutStopSec=${15 * stretch}s`],
});

/** VirtualBox's NAT leads out of the host, where nothing of the lab is to go; Vagrant comes in from its other end. */
const noWayOut = file({
  path: '/etc/systemd/network/10-eth0.network.d/10-no-way-out.conf',
  mode: 0o644,
  contents: '[DHCPv4]\nUseGateway=no\n',
});

/** What makes a machine a guest. */
export interface GuestParts {
  /** Of its interface on the lab's bridge; a container's has its name from systemd-nspawn. */
  readonly lanMac: string;
  /** Text of the etcdctl that hands its commands to a process that stays, and of that process's unit: an emulated CPU takes
   * seconds to start Node, and sidekicks start etcdctl all the time. */
  readonly etcdctl: { readonly client: string; readonly unit: string };
}

/** Files that a machine needs only as a guest. */
export function guestFiles({ lanMac }: GuestParts, config: LabConfig) {
  const { timers, stretch, vagrant } = config;
  // A unit may be the last of many that an emulated guest starts at its boot.
  const startS = Math.max(systemdDefaultS, Math.ceil(timers.bootDeadlineMs / 1000));
  // Five containers that are removed at once took an emulated guest two minutes.
  const stopS = Math.max(systemdDefaultS, Math.ceil(timers.haltDeadlineMs / 1000));
  return [
    // The name that every machine's interface on the lab's bridge has, so that nothing else need know what a machine is.
    file({
      path: '/etc/systemd/network/10-host0.link',
      mode: 0o644,
      contents: `[Match]\nMACAddress=${lanMac}\n\n[Link]\nName=host0\n`,
    }),
    ...(vagrant.hypervisor === 'virtualbox' ? [noWayOut] : []),
    file({
      path: '/etc/systemd/system.conf.d/10-timeouts.conf',
      mode: 0o644,
      contents: [
        '[Manager]',
        `DefaultTimeoutStartSec=${startS}s`,
        `DefaultTimeoutStopSec=${stopS}s`,
        `DefaultDeviceTimeoutSec=${startS}s`,
        '',
      ].join('\n'),
    }),
    ...Object.entries(dropIns(stretch)).map(([service, lines]) =>
      file({
        path: `/etc/systemd/system/${service}.service.d/10-guest.conf`,
        mode: 0o644,
        contents: `[Service]\n${lines.join('\n')}\n`,
      }),
    ),
    file({
      path: '/etc/lab/etcdctl.env',
      mode: 0o644,
      contents: `PATIENCE=${Math.min(Math.ceil(stretch), mostPatience)}\n`,
    }),
    // What the units say without it are the chapter's 8 and 5 s; a busy guest is late by more than those 3 s.
    file({
      path: '/etc/lab/sidekick.env',
      mode: 0o644,
      contents: `KEY_TTL=${Math.ceil(8 * stretch)}\nKEY_PAUSE=${Math.ceil(5 * stretch)}\n`,
    }),
  ];
}
