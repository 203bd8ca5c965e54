import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import type { SupervisorMachine } from '#provision/machines/ground/supervisor-spec.ts';
import { LabMachines } from '#provision/machines/supervisor/lab-machines.ts';

/** Real machines that are never started, below a directory of the test, and what the lab's DNS was told of them. */
export function labMachinesOf(
  dir: string,
  specs: readonly SupervisorMachine[],
  options: { guests?: boolean; copyGuests?: (to: string) => Promise<number> } = {},
): { machines: LabMachines; named: string[][] } {
  const named: string[][] = [];
  const machines = new LabMachines({
    ground: { name: 'controltest', paths: labPaths('controltest', dir), hierarchies: [], lxcfsDir: dir, stretch: 1 },
    specs,
    guests: options.guests ?? false,
    ...(options.copyGuests === undefined ? {} : { copyGuests: options.copyGuests }),
    onNames: async (now) => void named.push(now.map(({ name }) => name)),
  });
  return { machines, named };
}

/** `core-02` at its address, with 2 GB. */
export function machineSpec(name: string): SupervisorMachine {
  const index = name.slice(-2);
  const size = { memoryBytes: 2 ** 31, cpus: 1 };
  return { name, address: `172.17.8.1${index}`, ...size, machineId: `c0${index}`.padEnd(32, '0'), osRoot: '/cache/os' };
}
