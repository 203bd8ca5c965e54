import type { Lab } from '#provision/cluster/lab.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { printOut } from '../render/terminal.ts';

/** `lab halt [MACHINE...]`: in order, as `shutdown` does. */
export async function halt(from: Invocation, machines: string[]): Promise<void> {
  await stop(from, (lab) => lab.halt(machines));
}

/** `lab cut [MACHINE...]`: as if the cord was pulled. */
export async function cut(from: Invocation, machines: string[]): Promise<void> {
  await stop(from, (lab) => lab.cut(machines));
}

async function stop(from: Invocation, work: (lab: Lab) => Promise<void>): Promise<void> {
  requireRoot();
  const progress = new Progress();
  const lab = await openLab(from, progress.onEvent);
  await refuseDuringScenario(lab.paths);
  refuseStopped(lab.paths, lab.config.name);
  await work(lab).finally(() => progress.stop());
  printOut(statusTable(await lab.status()));
}
