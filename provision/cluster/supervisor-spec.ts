import { join } from 'node:path';
import { upstreamOf } from '../config/image-settings.ts';
import type { LabConfig } from '../config/lab-config.ts';
import { pullThroughStorage } from '../image/upstream/upstream.ts';
import { machineId } from '../machines/machine-id.ts';
import type { SupervisorSpec } from '../machines/ground/supervisor-spec.ts';
import type { MachineImages } from '../machines/machine-provider.ts';

/** Derives what the supervisor must know from the configuration and the images. */
export function supervisorSpec(args: { config: LabConfig; repoDir: string } & MachineImages): SupervisorSpec {
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
    ...upstreamSpec(config),
    rsvp: [process.execPath, join(repoDir, 'apps/meetup/dist/meetup.cjs'), ...stream],
    ...(config.provider === 'vagrant' ? { guestsOf: config.vagrant.hypervisor } : {}),
    stretch: config.stretch,
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

function upstreamSpec({ cacheDir, images }: LabConfig): Pick<SupervisorSpec, 'upstream'> {
  const upstream = upstreamOf(images);
  if (upstream === undefined) return {};
  // What stands below `lab/` exists nowhere else; `node` of any tag is made when somebody builds on it.
  const own = ['lab/', ...('node' in upstream.images ? [] : ['library/node'])];
  return { upstream: { ...upstream, storage: pullThroughStorage(cacheDir, upstream.remoteUrl), own } };
}
