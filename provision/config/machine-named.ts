import { LabError } from '#errors/lab-error.ts';
import type { LabConfig, MachineConfig } from './lab-config.ts';

/** @throws LabError `missing.machine` for a name that config.rb does not give */
export function machineNamed({ machines }: Pick<LabConfig, 'machines'>, name: string): MachineConfig {
  const machine = machines.find((candidate) => candidate.name === name);
  if (machine !== undefined) return machine;
  throw new LabError({
    code: 'missing.machine',
    cause: `there is no machine ${name}; this lab has ${machines.map((candidate) => candidate.name).join(', ')}`,
    next: 'lab status',
  });
}

/** All of them when none is named. @throws LabError `missing.machine` */
export function machinesNamed(config: Pick<LabConfig, 'machines'>, names: readonly string[] = []): MachineConfig[] {
  return names.length === 0 ? [...config.machines] : names.map((name) => machineNamed(config, name));
}
