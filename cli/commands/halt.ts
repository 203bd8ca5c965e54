import type { Lab } from '../../provision/cluster/lab.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { printOut } from '../render/terminal.ts';

export async function halt(from: Invocation, machines: string[]): Promise<void> {
  await stop(from, 'halt', (lab) => lab.halt(machines));
}

export async function cut(from: Invocation, machines: string[]): Promise<void> {
  await stop(from, 'cut', (lab) => lab.cut(machines));
}

async function stop(from: Invocation, command: string, work: (lab: Lab) => Promise<void>): Promise<void> {
  requireRoot(command);
  const progress = new Progress();
  const lab = await openLab(from, progress.onEvent);
  await work(lab).finally(() => progress.stop());
  printOut(statusTable(await lab.status()));
}
