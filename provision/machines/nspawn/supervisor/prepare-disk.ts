import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { LabPaths } from '../lab-paths.ts';
import type { SupervisorMachine } from '../supervisor-spec.ts';
import { attachDisk, wipeDisk } from './disk-image.ts';
import { mountRoot, unmountRoot } from './overlay.ts';
import { runIgnition } from './run-ignition.ts';

/** Mounts a machine's disk; one that was never provisioned to the end is made anew (unless the machine is bare). */
export async function prepareDisk(
  lab: string,
  machine: SupervisorMachine,
  labPaths: LabPaths,
  ignition: 'provision' | 'bare',
): Promise<void> {
  const paths = labPaths.machine(machine.name);
  const fresh = !existsSync(paths.provisionedFile);
  await unmountRoot(paths);
  if (fresh) await wipeDisk(paths);
  await attachDisk(lab, machine.name, paths);
  await mountRoot(lab, machine.name, paths, machine.osRoot);
  if (!fresh) return;
  if (ignition === 'provision') await runIgnition(machine.name, paths);
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
