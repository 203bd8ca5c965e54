import type { Lab } from '../../../provision/cluster/lab.ts';
import type { MachineProvider } from '../../../provision/machines/machine-provider.ts';
import { waitUntil } from '../../../provision/machines/wait-until.ts';
import type { FaultRecord } from './fault-record.ts';

const backDeadlineMs = 60_000;

/** Undoes one fault, known only by its record. Idempotent; a machine that was halted or cut is up again afterwards. */
export async function undoFault(
  ground: { readonly lab: Pick<Lab, 'up'>; readonly provider: MachineProvider },
  { machine, action }: Pick<FaultRecord, 'machine' | 'action'>,
): Promise<void> {
  const { lab, provider } = ground;
  switch (action.kind) {
    case 'halt':
    case 'cut':
    case 'reboot':
      await lab.up([machine]);
      return;
    case 'kill':
      return unitActive(provider, machine, action.unit);
    case 'kill-container':
      // Its unit starts it anew; which unit that is and when it is well again only the scenario knows.
      return;
    case 'stop-unit':
      await provider.exec(machine, ['systemctl', 'start', action.unit]);
      return unitActive(provider, machine, action.unit);
    default:
      return provider.lift(machine, action);
  }
}

async function unitActive(provider: MachineProvider, machine: string, unit: string): Promise<void> {
  await waitUntil({
    ...{ condition: `${unit} active on ${machine}`, deadlineMs: backDeadlineMs, everyMs: 100 },
    next: `lab ssh ${machine} -- systemctl status ${unit}`,
    evidence: async () => (await provider.exec(machine, ['systemctl', 'status', unit])).stdout.split('\n').slice(-8),
    check: async () => (await provider.exec(machine, ['systemctl', 'is-active', unit])).exitCode === 0,
  });
}
