import type { ImageConfig, LabConfig, MachineConfig, RsvpConfig } from '../../config/lab-config.ts';
import { indexOf } from '../../machines/machine-id.ts';
import type { SupervisorMachine, SupervisorSpec } from '../../machines/ground/supervisor-spec.ts';
import type { DiskSettings } from './disk-settings.ts';
import { keptSettings, type MachineSettings } from './machine-settings.ts';

/**
 * The configuration that a lab is made of, whatever config.rb and lab.toml say by now: what its supervisor was told and its
 * machines' disks hold, and for all else (deadlines, directories) what is written. Pure.
 * @param disks undefined for a lab of an earlier version, which kept no record: then what is written is taken
 * @param taken the same of what each machine has for itself
 */
export function configInForce(
  written: LabConfig,
  spec: SupervisorSpec,
  disks: DiskSettings | undefined,
  taken: MachineSettings | undefined,
): LabConfig {
  const { network, ports, timers, fleet } = written;
  const { bridgeAddress, prefixLength, flannelCidr } = spec.network;
  return {
    ...written,
    machines: spec.machines.map((machine) => {
      const keeps = keptSettings(taken?.[machine.name], written);
      return { ...machineOf(machine), ...(keeps === undefined ? {} : { keeps }) };
    }),
    network: {
      cidr: disks?.cidr ?? network.cidr,
      hostAddress: disks?.hostAddress ?? network.hostAddress,
      flannelBackend: disks?.flannelBackend ?? network.flannelBackend,
      bridgeAddress,
      prefixLength,
      flannelCidr,
    },
    ports: {
      registry: spec.ports.registry,
      artifacts: spec.ports.artifacts,
      fleetApi: disks?.fleetApi ?? ports.fleetApi,
    },
    timers: {
      ...timers,
      fleetAgentTtlMs: disks?.fleetAgentTtlMs ?? timers.fleetAgentTtlMs,
      etcdHeartbeatMs: disks?.etcdHeartbeatMs ?? timers.etcdHeartbeatMs,
      etcdElectionMs: disks?.etcdElectionMs ?? timers.etcdElectionMs,
    },
    fleet: { fence: disks?.fence ?? fleet.fence, auth: disks?.fleetAuth ?? fleet.auth },
    images: imagesOf(written, spec),
    rsvp: rsvpOf(spec.rsvp) ?? written.rsvp,
  };
}

function machineOf({ name, address, memoryBytes, cpus, machineId }: SupervisorMachine): MachineConfig {
  return { name, index: indexOf(machineId), address, memoryBytes, cpus };
}

/** Of the argv of the RSVP stream's server. */
function rsvpOf(argv: readonly string[] = []): RsvpConfig | undefined {
  const after = (option: string) => (argv.includes(option) ? Number(argv[argv.indexOf(option) + 1]) : Number.NaN);
  const [rate, seed] = [after('--rate'), after('--seed')];
  return Number.isFinite(rate) && Number.isFinite(seed) ? { rate, seed } : undefined;
}

/** A lab that was made without another registry, or by a version that knew none, has none. */
function imagesOf({ images: { suite } }: LabConfig, { upstream }: SupervisorSpec): ImageConfig {
  return upstream === undefined
    ? { suite, upstream: {} }
    : { suite, remoteUrl: upstream.remoteUrl, upstream: upstream.images };
}
