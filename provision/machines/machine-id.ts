import { createHash } from 'node:crypto';

/**
 * A machine-id (32 hex digits, machine-id(5)) that is the same each time the machine is made, and sorts as the machines
 * do: fleet breaks ties between equally loaded machines by it, so that two runs place the stack alike.
 */
export function machineId(lab: string, machine: { readonly name: string; readonly index: number }): string {
  const digest = createHash('sha256').update(`${lab}/${machine.name}`).digest('hex');
  return `c0${machine.index.toString().padStart(2, '0')}${digest.slice(0, 28)}`;
}

/** The index, from 1 on, of the machine with this machine-id. */
export function indexOf(id: string): number {
  return Number(id.slice(2, 4));
}
