import { LabError } from '#errors/lab-error.ts';
import type { ProviderStatus } from '#provision/machines/machine-provider.ts';

/** @throws LabError `state.machine` for a machine that cannot be talked to now, saying how to bring it up */
export function requireRunning({ machines }: Pick<ProviderStatus, 'machines'>, name: string): void {
  const state = machines.find((found) => found.name === name)?.state ?? 'absent';
  if (state === 'running') return;
  throw new LabError({ code: 'state.machine', cause: `${name} is ${state}`, next: `lab up ${name}` });
}
