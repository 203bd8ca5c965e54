import { LabError } from '#errors/lab-error.ts';
import type { Impairment } from '../machine-provider.ts';

/** The kernel's smallest CPU quota is 1 ms in a period of 100 ms. */
const leastCpus = 0.01;

/**
 * Refuses an impairment that cannot be, before anything is done to a machine. Pure.
 * @throws LabError `input.impairment` with what is wrong
 */
export function checkImpairment(
  impairment: Impairment,
  machine: { readonly name: string; readonly machines: readonly string[]; readonly cpus: number },
): void {
  const wrong = complaint(impairment, machine);
  if (wrong === undefined) return;
  throw new LabError({
    code: 'input.impairment',
    cause: `${machine.name} cannot be impaired so: ${wrong}`,
    evidence: [JSON.stringify(impairment)],
    next: 'correct the fault in the scenario',
  });
}

function complaint(
  impairment: Impairment,
  machine: { readonly name: string; readonly machines: readonly string[]; readonly cpus: number },
): string | undefined {
  switch (impairment.kind) {
    case 'pause':
    case 'full-disk':
      return undefined;
    case 'partition': {
      if (impairment.from === 'all') return undefined;
      if (impairment.from.length === 0) return 'a partition from nobody';
      if (impairment.from.includes(machine.name)) return 'a partition from itself';
      const unknown = impairment.from.filter((name) => !machine.machines.includes(name));
      return unknown.length === 0 ? undefined : `this lab has no machine ${unknown.join(', ')}`;
    }
    case 'packet-loss':
      return impairment.percent > 0 && impairment.percent <= 100
        ? undefined
        : `${impairment.percent} % of packets; it must be above 0 and at most 100`;
    case 'slow-cpu':
      return impairment.cpus >= leastCpus && impairment.cpus <= machine.cpus
        ? undefined
        : `${impairment.cpus} CPUs; it must be ${leastCpus} to ${machine.cpus}`;
    case 'slow-disk':
      return Number.isSafeInteger(impairment.bytesPerSecond) && impairment.bytesPerSecond > 0
        ? undefined
        : `${impairment.bytesPerSecond} bytes a second; it must be a whole number above 0`;
    default:
      return `there is no impairment of this kind`;
  }
}
