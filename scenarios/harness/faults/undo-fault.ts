import type { Lab } from '#provision/cluster/lab.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import type { MachineProvider, MachineState } from '#provision/machines/machine-provider.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import type { FaultRecord } from '../record/fault-record.ts';

/** Longer than the longest pause of a unit before its restart (RestartSec=20), and its start. */
const backDeadlineMs = 60_000;

/** A lab whose machines may be slow. */
export interface HasStretch {
  readonly config: Pick<LabConfig, 'stretch'>;
}

/** What undoing needs of a lab. */
export interface UndoTools {
  readonly lab: Pick<Lab, 'up'> & HasStretch;
  readonly provider: MachineProvider;
}

/**
 * Undoes one fault, known only by its record. Idempotent; a machine that was halted, cut or rebooted is up afterwards.
 * @param options.alone no other fault is in force. Else the cluster cannot be waited for, it may be unable to become
 *   ready: a machine is only started, and the caller waits (`lab.up`) once the last fault is gone
 * @returns whether that is still to be done
 */
export async function undoFault(
  { lab, provider }: UndoTools,
  { machine, action }: Pick<FaultRecord, 'machine' | 'action'>,
  options: { readonly alone: boolean },
): Promise<'done' | 'wait-for-cluster'> {
  const withinMs = backDeadlineMs * lab.config.stretch;
  switch (action.kind) {
    case 'halt':
    case 'cut':
    case 'reboot':
      if (options.alone) await lab.up([machine]);
      else if ((await stateOf(provider, machine)) === 'stopped') await provider.start(machine, '');
      return options.alone ? 'done' : 'wait-for-cluster';
    case 'kill':
      await waitActive(provider, machine, action.unit, withinMs);
      return 'done';
    case 'kill-container':
      // Its unit starts it anew; which unit that is and when it is well again only the scenario knows.
      return 'done';
    case 'stop-unit':
      await startUnit(provider, machine, action.unit, withinMs);
      return 'done';
    default:
      await provider.lift(machine, action);
      return 'done';
  }
}

async function startUnit(provider: MachineProvider, machine: string, unit: string, withinMs: number): Promise<void> {
  if (!(await hasUnit(provider, machine, unit))) return;
  await provider.exec(machine, ['systemctl', 'start', unit]);
  await waitActive(provider, machine, unit, withinMs);
}

/**
 * A machine that does not run any more starts its units when it boots; a unit that fleet has taken to another machine
 * meanwhile must not run twice.
 */
async function hasUnit(provider: MachineProvider, machine: string, unit: string): Promise<boolean> {
  if ((await stateOf(provider, machine)) !== 'running') return false;
  const { stdout } = await provider.exec(machine, ['systemctl', 'show', '--property=LoadState', '--value', unit]);
  return stdout.trim() !== 'not-found';
}

async function waitActive(provider: MachineProvider, machine: string, unit: string, withinMs: number): Promise<void> {
  if (!(await hasUnit(provider, machine, unit))) return;
  await waitUntil({
    condition: `${unit} active on ${machine}`,
    deadlineMs: withinMs,
    everyMs: 100,
    next: `lab ssh ${machine} -- systemctl status ${unit}`,
    evidence: async () => (await provider.exec(machine, ['systemctl', 'status', unit])).stdout.split('\n').slice(-8),
    check: async () =>
      (await stateOf(provider, machine)) !== 'running' ||
      (await provider.exec(machine, ['systemctl', 'is-active', unit])).exitCode === 0,
  });
}

async function stateOf(provider: MachineProvider, machine: string): Promise<MachineState | undefined> {
  return (await provider.status()).machines.find(({ name }) => name === machine)?.state;
}
