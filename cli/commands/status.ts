import type { Invocation } from '../invocation.ts';
import { openLab } from '../open-lab.ts';
import { statusTable } from '../render/status-table.ts';
import { printOut } from '../render/terminal.ts';

export async function status(from: Invocation, options: { json?: boolean }): Promise<void> {
  const lab = await openLab(from);
  const now = await lab.status();
  if (options.json === true) {
    console.log(JSON.stringify(now));
    return;
  }
  printOut(statusTable(now));
  if (!now.up) printOut(`\nlab ${now.lab} is not up. Next: lab up`);
}
