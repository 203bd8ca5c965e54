import { z } from 'zod';
import { fleetAuths, type LabConfig } from '../../config/lab-config.ts';

const ms = z.number().positive();

/** What of lab.toml the disks of a lab's machines hold, and its supervisor's spec does not. */
export const diskSettingsSchema = z.object({
  cidr: z.cidrv4(),
  hostAddress: z.ipv4(),
  flannelBackend: z.enum(['host-gw', 'vxlan']),
  fleetApi: z.int().min(1).max(65_535),
  fleetAgentTtlMs: ms,
  etcdHeartbeatMs: ms,
  etcdElectionMs: ms,
  // Labs of earlier versions have neither.
  fence: z.boolean().default(false),
  fleetAuth: z.enum(fleetAuths).default('off'),
});

export type DiskSettings = z.output<typeof diskSettingsSchema>;

/** Those of a configuration by which the machines are made. Pure. */
export function diskSettings({ network, ports, timers, fleet }: LabConfig): DiskSettings {
  return {
    cidr: network.cidr,
    hostAddress: network.hostAddress,
    flannelBackend: network.flannelBackend,
    fleetApi: ports.fleetApi,
    fleetAgentTtlMs: timers.fleetAgentTtlMs,
    etcdHeartbeatMs: timers.etcdHeartbeatMs,
    etcdElectionMs: timers.etcdElectionMs,
    fence: fleet.fence,
    fleetAuth: fleet.auth,
  };
}
