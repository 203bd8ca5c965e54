import { waitUntil } from '../wait-until.ts';
import { type Hypervisor, machineState } from './hypervisor.ts';

/** Presses the guest's power button and waits; after `deadlineMs` the cord is pulled. A paused guest goes on first. */
export async function haltGuest(
  hypervisor: Pick<Hypervisor, 'states' | 'resume' | 'pressPowerButton' | 'pullCord'>,
  machine: string,
  deadlineMs: number,
): Promise<'halted' | 'cut'> {
  const state = async () => (await hypervisor.states()).get(machine);
  const now = await state();
  if (machineState(now) !== 'running') return 'halted';
  if (now === 'paused') await hypervisor.resume(machine);
  await hypervisor.pressPowerButton(machine);
  const ended = await waitUntil({
    condition: `${machine} is shut off`,
    deadlineMs,
    everyMs: 100,
    next: `vagrant halt --force ${machine}`,
    check: async () => machineState(await state()) === 'stopped',
  }).then(
    () => true,
    () => false,
  );
  if (!ended) await hypervisor.pullCord(machine);
  return ended ? 'halted' : 'cut';
}
