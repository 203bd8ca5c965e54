import { file } from 'ignition-ts';
import { announcementTtlSeconds } from '#platform/etcd/keys/service-keys.ts';
import type { LabConfig } from '../../config/lab-config.ts';

/** systemd's own default for starting or stopping a unit, and for a device to appear (systemd-system.conf(5)). */
const systemdDefaultS = 90;

/** Nobody waits longer for an etcdctl whose member has gone: 50 s in place of its 5. */
const mostPatience = 10;

/** A member that waits for its CPU while containers start loses the leader, or its lease. */
const first = 'CPUWeight=1000';

/** Lines for services as slow machines have them; the times are those of platform/systemd/units, as many times as long. */
const dropIns = (stretch: number): Readonly<Record<string, readonly string[]>> => ({
  etcd: [first],
  etcdctl: [first],
  'etcd-v2': [first, `Environment=ETCD_V2_TIMEOUT=${5 * Math.min(Math.ceil(stretch), mostPatience)}`],
  flanneld: [first],
  fleet: [first, `TimeoutStopSec=${20 * stretch}s`],
  docker: [`TimeoutStopSec=${15 * stretch}s`],
});

/** Files of a machine whose work takes many times as long as a container's on a host's own CPU (LabConfig.stretch). */
export function slowMachineFiles({ timers, stretch }: Pick<LabConfig, 'timers' | 'stretch'>) {
  // A unit may be the last of many that an emulated guest starts at its boot.
  const startS = Math.max(systemdDefaultS, Math.ceil(timers.bootDeadlineMs / 1000));
  // Five containers that are removed at once took an emulated guest two minutes.
  const stopS = Math.max(systemdDefaultS, Math.ceil(timers.haltDeadlineMs / 1000));
  return [
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
        path: `/etc/systemd/system/${service}.service.d/10-slow.conf`,
        mode: 0o644,
        contents: `[Service]\n${lines.join('\n')}\n`,
      }),
    ),
    file({
      path: '/etc/lab/etcdctl.env',
      mode: 0o644,
      contents: `PATIENCE=${Math.min(Math.ceil(stretch), mostPatience)}\n`,
    }),
    // What the units say without it is the chapter's time; a busy guest is late by more than the renewals leave of it.
    file({
      path: '/etc/lab/sidekick.env',
      mode: 0o644,
      contents: `KEY_TTL=${Math.ceil(announcementTtlSeconds * stretch)}\n`,
    }),
  ];
}
