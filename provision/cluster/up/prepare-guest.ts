import { LabError } from '#errors/lab-error.ts';
import type { MachineProvider, MachineStatus } from '../../machines/machine-provider.ts';
import { createMachines } from './create-machines.ts';
import { type IgnitionOf, ignitionConfigs } from '../ignition/ignition-configs.ts';
import type { OnLabEvent } from '../parts/lab-event.ts';
import type { LabParts } from '../parts/lab-parts.ts';
import { prepareGround } from './prepare-ground.ts';
import { noLongerToBegin, rememberBeginners, stillToBegin } from './still-to-begin.ts';
import { settleSwap } from './swap-disks.ts';

/**
 * What one guest needs before somebody else, a person's own `vagrant up`, boots it: the ground, and, if it has no disk yet,
 * its Ignition config, for which etcd's members are changed when it takes the place of a machine that was destroyed.
 * @throws LabError `state.provider` for a lab of containers, `state.quorum`, and those of `prepareGround`
 */
export async function prepareGuest(lab: LabParts, machine: string, options: { on: OnLabEvent }): Promise<void> {
  const { config, provider } = lab;
  if (provider.bootedByOthers === undefined) throw notGuests();
  await settleSwap(lab.paths.stateDir);
  const own = await prepareGround(lab, { ...options, machines: [machine] });
  const { machines } = await provider.status();
  const ignitionOf = await ignitionConfigs(lab, own);
  const begins = await stillToBegin(lab);
  // Vagrant defines a machine when the box's disk is there, whole.
  if (machines.some(({ state }) => state !== 'absent')) await provider.bootedByOthers.markComplete();
  switch (howToPrepare(machine, machines, begins)) {
    case 'nothing':
      return;
    case 'begins':
      await provider.offerIgnition(machine, ignitionOf(machine));
      return noLongerToBegin(lab, [machine]);
    case 'first':
      await provider.bootedByOthers.dropInterrupted();
      return beginTogether(lab, ignitionOf, machine);
    case 'replaces':
      break;
  }
  const writer: Pick<MachineProvider, 'start' | 'status' | 'exec'> = {
    start: (name, ignition) => provider.offerIgnition(name, ignition),
    status: () => provider.status(),
    exec: (name, argv) => provider.exec(name, argv),
  };
  await createMachines({ config, provider: writer, fresh: [machine], ignitionOf, on: options.on });
}

/**
 * What a machine's boot will be: nothing new, the first of a new cluster, one of those that begin it together, or one in the
 * place of an old etcd member. Vagrant prepares several before the first of them exists. Pure.
 * @param begins those that the first one's cluster still waits for
 */
export function howToPrepare(
  machine: string,
  machines: readonly MachineStatus[],
  begins: readonly string[],
): 'nothing' | 'first' | 'begins' | 'replaces' {
  if (machines.some(({ name, state }) => name === machine && state !== 'absent')) return 'nothing';
  if (begins.includes(machine)) return 'begins';
  return machines.every(({ state }) => state === 'absent') ? 'first' : 'replaces';
}

/** The first of a new lab: all machines begin one cluster, whenever each of them is booted. */
async function beginTogether({ config, provider }: LabParts, ignitionOf: IgnitionOf, first: string) {
  const names = config.machines.map(({ name }) => name);
  for (const name of names) await provider.offerIgnition(name, ignitionOf(name));
  await rememberBeginners(
    { config },
    names.filter((name) => name !== first),
  );
}

function notGuests(): LabError {
  return new LabError({
    code: 'state.provider',
    cause: "this lab's machines are containers, not virtual machines",
    next: 'lab destroy; vagrant up',
  });
}
