import { knownHypervisor } from '../choose-provider.ts';
import { askForHypervisor, openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';

/** Run by the Vagrantfile before it boots a machine; its progress goes to the terminal between Vagrant's own lines. */
export async function prepare(repoDir: string, machine: string, options: { hypervisor: string }): Promise<void> {
  requireRoot();
  askForHypervisor(knownHypervisor(options.hypervisor));
  const progress = new Progress();
  const lab = await openLab(repoDir, progress.onEvent);
  await lab.prepareGuest(machine).finally(() => progress.stop());
}
