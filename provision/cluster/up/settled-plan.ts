import type { MachineProvider, ProviderStatus } from '../../machines/machine-provider.ts';
import { waitUntil } from '../../machines/wait-until.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { planUp, type Step } from './plan.ts';

export interface SettledPlan {
  /** None of them is `wait`. */
  readonly steps: readonly Step[];
  /** What they were planned from. */
  readonly status: ProviderStatus;
}

/**
 * The plan once no wanted machine is on its way down any more: a command that was killed leaves machines stopping, and one
 * that reboots runs again by itself.
 * @throws LabError `timeout.condition` naming the machines that still stop
 */
export async function settledPlan(args: {
  provider: Pick<MachineProvider, 'status'>;
  wanted: readonly string[];
  deadlineMs: number;
  on: OnLabEvent;
}): Promise<SettledPlan> {
  const { provider, wanted, deadlineMs, on } = args;
  const planNow = async (): Promise<SettledPlan> => {
    const status = await provider.status();
    return { steps: planUp(wanted, status), status };
  };
  let plan = await planNow();
  const stopping = () => plan.steps.filter(({ action }) => action === 'wait').map(({ machine }) => machine);
  const waitFor = (machine: string) =>
    inPhase(on, { subject: machine, phase: 'stop', detail: 'it is still stopping', deadlineMs, waits: true }, () =>
      waitUntil({
        condition: `${machine} has stopped`,
        deadlineMs,
        everyMs: 50,
        next: `lab cut ${machine} && lab up`,
        check: async () => {
          plan = await planNow();
          return !stopping().includes(machine);
        },
      }),
    );
  while (stopping().length > 0) await Promise.all(stopping().map(waitFor));
  return plan;
}
