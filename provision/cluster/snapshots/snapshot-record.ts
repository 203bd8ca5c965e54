import { z } from 'zod';
import type { HypervisorName } from '../../config/lab-config.ts';
import { type DiskSettings, diskSettingsSchema } from '../in-force/disk-settings.ts';

const machineSchema = z.object({
  name: z.string(),
  address: z.string(),
  machineId: z.string(),
  /** Root directory of the OS image to which the disk of a container is the difference; a guest's disk is that to a box's. */
  osRoot: z.string().optional(),
});

/** What a snapshot says of itself, in its `snapshot.json`, which is written last. */
export const snapshotSchema = z.object({
  /** ISO 8601, when it was begun: every machine stood still seconds later at most. */
  at: z.string(),
  /** The machines are guests of this hypervisor; absent: containers. */
  guestsOf: z.enum(['libvirt', 'virtualbox'] satisfies HypervisorName[]).optional(),
  machines: z.array(machineSchema).min(1),
  /** What all disks hold of lab.toml; absent for a lab that keeps no record of it. */
  settings: diskSettingsSchema.optional(),
  /** What was copied, bytes on the host's disk. */
  bytes: z.number(),
});

export type SnapshotRecord = z.output<typeof snapshotSchema>;
export type SnapshotMachine = z.output<typeof machineSchema>;

/** What a lab is by its records, as far as a disk must fit it. */
export interface LabShape {
  readonly guestsOf: HypervisorName | undefined;
  readonly machines: readonly Omit<SnapshotMachine, 'osRoot'>[];
  readonly settings: DiskSettings | undefined;
}

/**
 * What keeps a snapshot from being the lab's disks again: one sentence, or undefined. Its disks hold addresses and settings that all
 * machines and the supervisor must agree on. Pure.
 */
export function misfit(record: SnapshotRecord, lab: LabShape): string | undefined {
  if (record.guestsOf !== lab.guestsOf)
    return `its machines are ${kind(record.guestsOf)}, and the lab's are ${kind(lab.guestsOf)}`;
  const [then, now] = [record.machines, lab.machines].map((some) => some.map(({ name }) => name));
  if (then?.join() !== now?.join()) {
    return `it has the disks of ${list(then)}, and the lab has ${list(now)}`;
  }
  for (const [index, machine] of record.machines.entries()) {
    const other = lab.machines[index];
    if (machine.address !== other?.address)
      return `${machine.name} was at ${machine.address}, and is at ${other?.address}`;
    if (machine.machineId !== other.machineId) return `${machine.name} was another machine: ${machine.machineId}`;
  }
  const [was, is] = [record.settings, lab.settings];
  if (was === undefined || is === undefined) return undefined;
  const key = (Object.keys(was) as (keyof DiskSettings)[]).find((one) => was[one] !== is[one]);
  return key === undefined ? undefined : `its disks have ${was[key]} for ${key}, and the lab has ${is[key]}`;
}

function list(names: readonly string[] = []): string {
  return names.join(', ');
}

function kind(guestsOf: HypervisorName | undefined): string {
  return guestsOf === undefined ? 'containers' : `virtual machines of ${guestsOf}`;
}
