import type { Lab } from '../../provision/cluster/lab.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';

export async function halt(repoDir: string, machines: string[]): Promise<void> {
  await stop(repoDir, (lab) => lab.halt(machines));
}

export async function cut(repoDir: string, machines: string[]): Promise<void> {
  await stop(repoDir, (lab) => lab.cut(machines));
}

async function stop(repoDir: string, work: (lab: Lab) => Promise<void>): Promise<void> {
  requireRoot();
  const progress = new Progress();
  const lab = await openLab(repoDir, progress.onEvent);
  await work(lab).finally(() => progress.stop());
  console.log(statusTable(await lab.status()));
}
