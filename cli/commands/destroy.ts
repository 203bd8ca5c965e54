import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import type { Invocation } from '../invocation.ts';
import { findLab, ownLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { printOut } from '../render/terminal.ts';

/**
 * `lab destroy [MACHINE...]`: the whole lab, or the disks of these machines.
 * @throws LabError `busy.scenario` and what the provider says
 */
export async function destroy(from: Invocation, machines: string[]): Promise<void> {
  requireRoot();
  const progress = new Progress();
  if (machines.length === 0) {
    const { lab } = await findLab(from, progress.onEvent);
    await refuseDuringScenario(lab.paths);
    await lab.destroy().finally(() => progress.stop());
    printOut(`lab ${lab.config.name} is gone; images stay in ${lab.config.cacheDir}`);
    return;
  }
  const lab = await ownLab(from, progress.onEvent);
  await refuseDuringScenario(lab.paths);
  const gone = await lab.destroyMachines(machines).finally(() => progress.stop());
  const now = await lab.status();
  printOut(statusTable(now));
  for (const name of machines.filter((name) => !gone.includes(name))) printOut(`\n${name} has no disk to destroy`);
  const left = now.machines.filter(({ state }) => state !== 'absent').length;
  const quorum = quorumOf(now.machines.length);
  if (gone.length > 0 && left > 0 && left < quorum)
    printOut(
      `\nOf ${now.machines.length} disks with etcd's data ${left} ${left === 1 ? 'is' : 'are'} left, and a quorum is ${quorum}: what etcd stored is lost. Next: lab destroy && lab up`,
    );
  else if (gone.length > 0) printOut(`\nNext: lab up ${left === 0 ? '' : gone.join(' ')}`.trimEnd());
}
