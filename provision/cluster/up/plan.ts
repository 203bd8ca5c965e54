import type { ProviderStatus } from '../../machines/machine-provider.ts';

/** `wait`: a machine on its way down can neither be kept nor booted; plan again when it is there. */
export type Step = {
  readonly machine: string;
  readonly action: 'create' | 'start' | 'keep' | 'wait';
  readonly reason: string;
};

/** What must be done so that the wanted machines run. Pure: the status is a value. */
export function planUp(wanted: readonly string[], status: ProviderStatus): Step[] {
  return wanted.map((machine): Step => {
    const state = status.machines.find(({ name }) => name === machine)?.state ?? 'absent';
    switch (state) {
      case 'absent':
        return { machine, action: 'create', reason: 'it does not exist yet' };
      case 'stopped':
        return { machine, action: 'start', reason: status.up ? 'it is halted' : 'the lab is down; its disk is kept' };
      case 'stopping':
        return { machine, action: 'wait', reason: 'it is still stopping' };
      case 'starting':
      case 'running':
        return { machine, action: 'keep', reason: `it is ${state}` };
    }
  });
}
