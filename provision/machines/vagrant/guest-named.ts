import { LabError } from '#errors/lab-error.ts';
import type { GuestSettings, VagrantMachine } from './vagrant-settings.ts';

/** @throws LabError `missing.machine` */
export function guestNamed({ machines }: Pick<GuestSettings, 'machines'>, name: string): VagrantMachine {
  const found = machines.find((machine) => machine.name === name);
  if (found !== undefined) return found;
  throw new LabError({ code: 'missing.machine', cause: `there is no machine ${name}`, next: 'lab status' });
}
