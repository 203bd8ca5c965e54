import type { Lab } from '../../provision/cluster/lab.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { printOut } from '../render/terminal.ts';

export async function halt(repoDir: string, machines: string[]): Promise<void> {
  await stop(repoDir, 'halt', (lab) => lab.halt(machines));
}

export async function cut(repoDir: string, machines: string[]): Promise<void> {
  await stop(repoDir, 'cut', (lab) => lab.cut(machines));
}

async function stop(repoDir: string, command: string, work: (lab: Lab) => Promise<void>): Promise<void> {
  requireRoot(command);
  const progress = new Progress();
  const lab = await openLab(repoDir, progress.onEvent);
  await work(lab).finally(() => progress.stop());
  printOut(statusTable(await lab.status()));
}
