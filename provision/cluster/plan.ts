import type { ProviderStatus } from '../machines/machine-provider.ts';

export type Step = { readonly machine: string; readonly action: 'create' | 'start' | 'keep'; readonly reason: string };

/** What must be done so that the wanted machines run. Pure: the status is a value. */
export function planUp(wanted: readonly string[], status: ProviderStatus): Step[] {
  return wanted.map((machine): Step => {
    const state = status.machines.find(({ name }) => name === machine)?.state ?? 'absent';
    switch (state) {
      case 'absent':
        return { machine, action: 'create', reason: 'it does not exist yet' };
      case 'stopped':
        return { machine, action: 'start', reason: status.up ? 'it is halted' : 'the lab is down; its disk is kept' };
      case 'starting':
      case 'running':
      case 'stopping':
        return { machine, action: 'keep', reason: `it is ${state}` };
    }
  });
}
