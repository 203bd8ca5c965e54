import { LabError } from '#errors/lab-error.ts';
import type { Command } from '../context.ts';

/** Signed units were given up in fleet 0.11; the original's last fleetctl says so, too, and fails. */
export const verify: Command = {
  name: 'verify',
  args: 'UNIT',
  summary: 'says that units are not signed any more, and fails',
  flags: [],
  async run() {
    throw new LabError({
      code: 'unbuilt.verify',
      cause: 'fleetctl verify: units have no signatures since fleet 0.11, so there is nothing to verify',
      next: 'fleetctl cat UNIT shows what the cluster has',
    });
  },
};
