import { isDeepStrictEqual } from 'node:util';
import type { SupervisorMachine, SupervisorSpec } from './supervisor-spec.ts';

/** One change that a running supervisor can make, with what it is told. */
export type LiveChange =
  | { readonly verb: 'add'; readonly machine: string; readonly body: Omit<SupervisorMachine, 'name'> }
  | { readonly verb: 'resize'; readonly machine: string; readonly body: MachineSize }
  | { readonly verb: 'forget'; readonly machine: string; readonly body: Readonly<Record<string, never>> };

export type MachineSize = Pick<SupervisorMachine, 'memoryBytes' | 'cpus'>;

/**
 * What a supervisor that runs must do for its machines to be as they are wanted; all else of a spec waits for the next
 * supervisor. Pure. Machines are forgotten first: one that comes may have the address of one that goes.
 * @param running names of machines that run; a guest among them keeps its size until it is booted again
 */
export function liveChanges(runs: SupervisorSpec, wanted: SupervisorSpec, running: readonly string[]): LiveChange[] {
  const named = (spec: SupervisorSpec, name: string) => spec.machines.find((machine) => machine.name === name);
  const forget = runs.machines
    .filter(({ name }) => named(wanted, name) === undefined)
    .map(({ name }): LiveChange => ({ verb: 'forget', machine: name, body: {} }));
  const others = wanted.machines.flatMap(({ name, ...machine }): LiveChange[] => {
    const now = named(runs, name);
    if (now === undefined) return [{ verb: 'add', machine: name, body: machine }];
    const { memoryBytes, cpus } = machine;
    if (isDeepStrictEqual([memoryBytes, cpus], [now.memoryBytes, now.cpus])) return [];
    if (runs.guestsOf !== undefined && running.includes(name)) return [];
    return [{ verb: 'resize', machine: name, body: { memoryBytes, cpus } }];
  });
  return [...forget, ...others];
}

/** The spec once the supervisor has made a change. Pure. */
export function specAfter(runs: SupervisorSpec, change: LiveChange): SupervisorSpec {
  return { ...runs, machines: machinesAfter(runs.machines, change) };
}

function machinesAfter(machines: readonly SupervisorMachine[], change: LiveChange): SupervisorMachine[] {
  switch (change.verb) {
    case 'add':
      return [...machines, { name: change.machine, ...change.body }];
    case 'forget':
      return machines.filter(({ name }) => name !== change.machine);
    case 'resize':
      return machines.map((machine) => (machine.name === change.machine ? { ...machine, ...change.body } : machine));
  }
}
