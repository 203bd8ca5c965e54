import { knownHypervisor } from '../choose-provider.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';

/** Run by the Vagrantfile before it boots a machine; its progress goes to the terminal between Vagrant's own lines. */
export async function prepare(from: Invocation, machine: string, options: { hypervisor: string }): Promise<void> {
  requireRoot();
  const hypervisor = knownHypervisor(options.hypervisor);
  const progress = new Progress();
  const lab = await openLab({ ...from, provider: 'vagrant', hypervisor }, progress.onEvent);
  await lab.prepareGuest(machine).finally(() => progress.stop());
}
