import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import type { MachineProvider } from '../machines/machine-provider.ts';
import { VagrantProvider } from '../machines/vagrant/vagrant-provider.ts';
import { createMachines } from './create-machines.ts';
import { type IgnitionOf, ignitionConfigs } from './ignition-configs.ts';
import type { Lab } from './lab.ts';
import type { OnLabEvent } from './lab-event.ts';
import { prepareGround } from './prepare-ground.ts';

/**
 * What one guest needs before somebody else, a person's own `vagrant up`, boots it: the ground, and, if it has no disk yet,
 * its Ignition config, for which etcd's members are changed when it takes the place of a machine that was destroyed.
 * @throws LabError `state.provider` for a lab of containers, `state.quorum`, and those of `prepareGround`
 */
export async function prepareGuest(
  lab: Lab,
  machine: string,
  options: { install: boolean; on: OnLabEvent },
): Promise<void> {
  const { provider, own } = await prepareGround(lab, options);
  if (!(provider instanceof VagrantProvider)) throw notGuests();
  const { machines } = await provider.status();
  const ignitionOf = await ignitionConfigs(lab, own);
  if (machines.every(({ state }) => state === 'absent')) return beginTogether(lab, provider, ignitionOf, machine);
  if (machines.find(({ name }) => name === machine)?.state !== 'absent') return;
  const begins = await stillToBegin(lab);
  if (begins.includes(machine)) return rememberBeginners(lab, without(begins, machine));
  const writer: Pick<MachineProvider, 'start' | 'status' | 'exec'> = {
    start: (name, ignition) => provider.writeIgnition(name, ignition),
    status: () => provider.status(),
    exec: (name, argv) => provider.exec(name, argv),
  };
  await createMachines({ lab, provider: writer, fresh: [machine], ignitionOf, on: options.on });
}

/** The first of a new lab: all machines begin one cluster, whenever each of them is booted. */
async function beginTogether(lab: Lab, provider: VagrantProvider, ignitionOf: IgnitionOf, first: string) {
  const names = lab.config.machines.map(({ name }) => name);
  for (const name of names) await provider.writeIgnition(name, ignitionOf(name));
  await rememberBeginners(lab, without(names, first));
}

function fileOf(lab: Lab): string {
  return join(lab.config.stateDir, 'still-to-begin.json');
}

async function stillToBegin(lab: Lab): Promise<string[]> {
  const text = await readFile(fileOf(lab), 'utf8').catch(() => '[]');
  return JSON.parse(text) as string[];
}

async function rememberBeginners(lab: Lab, names: readonly string[]): Promise<void> {
  if (names.length === 0) return rm(fileOf(lab), { force: true });
  await writeFile(fileOf(lab), JSON.stringify(names));
}

function without(names: readonly string[], name: string): string[] {
  return names.filter((one) => one !== name);
}

function notGuests(): LabError {
  return new LabError({
    code: 'state.provider',
    cause: "this lab's machines are containers, not virtual machines",
    next: 'lab destroy; vagrant up',
  });
}
