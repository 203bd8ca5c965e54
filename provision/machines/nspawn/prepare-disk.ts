import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { SupervisorMachine } from '../ground/supervisor-spec.ts';
import { attachDisk, wipeDisk } from './disk-image.ts';
import type { MachineGround } from './machine-ground.ts';
import { mountRoot, unmountRoot } from './overlay.ts';
import { runIgnition } from './run-ignition.ts';

/** Mounts a machine's disk; one that was never provisioned to the end is made anew (unless the machine is bare). */
export async function prepareDisk(
  ground: Pick<MachineGround, 'name' | 'paths' | 'stretch'>,
  machine: SupervisorMachine,
  ignition: 'provision' | 'bare',
): Promise<void> {
  const { name: lab, paths: labPaths, stretch } = ground;
  const paths = labPaths.machine(machine.name);
  const fresh = !existsSync(paths.provisionedFile);
  await unmountRoot(paths);
  if (fresh) await wipeDisk(paths);
  await attachDisk(lab, machine.name, paths);
  await mountRoot(lab, machine.name, paths, machine.osRoot);
  if (!fresh) return;
  if (ignition === 'provision') await runIgnition(machine.name, paths, stretch);
  const record = {
    lab,
    machine: machine.name,
    machineId: machine.machineId,
    osRoot: machine.osRoot,
    at: new Date().toISOString(),
    paths: labPaths.stateDir,
  };
  await writeFile(paths.provisionedFile, `${JSON.stringify(record)}\n`);
}
