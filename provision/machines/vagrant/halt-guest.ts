import { waitUntil } from '../wait-until.ts';
import type { Guests } from './guests.ts';
import { machineState, type Virsh } from './virsh.ts';

/** Presses the guest's power button and waits; after `deadlineMs` the cord is pulled. A paused guest goes on first. */
export async function haltGuest(
  { guests, virsh }: { guests: Guests; virsh: Virsh },
  machine: string,
  deadlineMs: number,
): Promise<'halted' | 'cut'> {
  const domain = await guests.domain(machine);
  if (machineState(domain) !== 'running') return 'halted';
  if (domain === 'paused') await virsh.run('resume', machine);
  await virsh.run('shutdown', machine, '--mode', 'acpi');
  const ended = await waitUntil({
    condition: `${machine} is shut off`,
    deadlineMs,
    everyMs: 100,
    next: `vagrant halt --force ${machine}`,
    check: async () => machineState(await guests.domain(machine)) === 'stopped',
  }).then(
    () => true,
    () => false,
  );
  if (!ended) await virsh.run('destroy', machine);
  await guests.forget(machine);
  return ended ? 'halted' : 'cut';
}
