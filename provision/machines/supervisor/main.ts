import { mkdir, rm } from 'node:fs/promises';
import { LabError } from '#errors/lab-error.ts';
import { hostHierarchies } from '../cgroup/hierarchies.ts';
import { labPaths } from '../ground/lab-paths.ts';
import { readSupervisorSpec } from '../ground/read-supervisor-spec.ts';
import { startArtifactServer } from './artifact-server.ts';
import { startControlServer } from './control-server.ts';
import { LabMachines } from './lab-machines.ts';
import { hideHostServices } from './hide-host-services.ts';
import { setUpLabNetwork } from '../ground/lab-network.ts';
import { copyRunningGuests } from '../vagrant/libvirt/copy-running-guests.ts';
import { prepareLibvirt } from '../vagrant/libvirt/libvirt.ts';
import { startLabServices } from './services.ts';

/**
 * The supervisor: runs in PID, mount and network namespaces of its own and owns everything of one lab.
 * When it dies, the kernel ends every process and removes every mount and interface in them.
 * argv: the path of its spec file.
 */
async function main(specFile: string | undefined): Promise<void> {
  if (specFile === undefined)
    throw new LabError({ code: 'input.spec', cause: 'the supervisor was given no spec file', next: 'lab up' });
  const spec = await readSupervisorSpec(specFile);
  const paths = labPaths(spec.lab, spec.stateDir);
  await mkdir(paths.logDir, { recursive: true });
  await hideHostServices(spec.lab);
  await setUpLabNetwork(spec.network);
  const libvirtd = spec.guestsOf === 'libvirt' ? await prepareLibvirt(spec.lab, paths) : undefined;
  const services = startLabServices(spec, paths, libvirtd);
  await mkdir(paths.artifactsDir, { recursive: true });
  await startArtifactServer(paths.artifactsDir, spec.network.bridgeAddress, spec.ports.artifacts);

  const lab = {
    name: spec.lab,
    paths,
    hierarchies: await hostHierarchies(),
    lxcfsDir: services.lxcfsDir,
    stretch: spec.stretch,
  };
  const machines = new LabMachines({
    ground: lab,
    specs: spec.machines,
    guests: spec.guestsOf !== undefined,
    ...(libvirtd === undefined ? {} : { copyGuests: (to: string) => copyRunningGuests(paths, spec.stretch, to) }),
    onNames: (now) => services.nameMachines(now),
  });
  await machines.attachDisks();
  await rm(paths.controlSocket, { force: true });
  await startControlServer(paths.controlSocket, machines, services);
  await services.ready;
  console.log(`${new Date().toISOString()} supervisor of lab ${spec.lab} is ready`);
}

main(process.argv[2]).catch((error: unknown) => {
  // Its last lines are the evidence of whoever waits for it.
  if (error instanceof LabError) console.error([`${error.code}: ${error.message}`, ...error.evidence].join('\n'));
  else console.error(error);
  process.exit(1);
});
