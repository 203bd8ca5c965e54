import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LabConfig, MachineConfig } from '../config/lab-config.ts';
import type { SupervisorSpec } from '../machines/nspawn/supervisor-spec.ts';

/** Derives what the supervisor must know from the configuration and the images. */
export function supervisorSpec(args: {
  config: LabConfig;
  repoDir: string;
  registryStorage: string | undefined;
  osRootOf: (machine: string) => string;
}): SupervisorSpec {
  const { config, repoDir } = args;
  const { network, rsvp } = config;
  const stream = [
    '--host',
    network.bridgeAddress,
    '--port',
    '80',
    '--rate',
    String(rsvp.rate),
    '--seed',
    String(rsvp.seed),
  ];
  return {
    lab: config.name,
    stateDir: config.stateDir,
    network: {
      bridgeAddress: network.bridgeAddress,
      prefixLength: network.prefixLength,
      flannelCidr: network.flannelCidr,
      names: { 'stream.meetup.com': network.bridgeAddress },
    },
    ports: { registry: config.ports.registry, artifacts: config.ports.artifacts },
    ...(args.registryStorage === undefined ? {} : { registryStorage: args.registryStorage }),
    rsvp: [process.execPath, join(repoDir, 'apps/meetup/dist/meetup.cjs'), ...stream],
    machines: config.machines.map((machine) => ({
      name: machine.name,
      address: machine.address,
      memoryBytes: machine.memoryBytes,
      cpus: machine.cpus,
      machineId: machineId(config.name, machine),
      osRoot: args.osRootOf(machine.name),
    })),
  };
}

/**
 * A machine-id (32 hex digits, machine-id(5)) that is the same each time the machine is made, and sorts as the machines
 * do: fleet breaks ties between equally loaded machines by it, so that two runs place the stack alike.
 */
export function machineId(lab: string, machine: MachineConfig): string {
  const digest = createHash('sha256').update(`${lab}/${machine.name}`).digest('hex');
  return `c0${machine.index.toString().padStart(2, '0')}${digest.slice(0, 28)}`;
}
