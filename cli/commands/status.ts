import { lookAtLab } from '../open-lab.ts';
import { statusTable } from '../render/status-table.ts';

export async function status(repoDir: string, options: { json?: boolean }): Promise<void> {
  const lab = await lookAtLab(repoDir);
  const now = await lab.status();
  if (options.json === true) {
    console.log(JSON.stringify(now));
    return;
  }
  console.log(statusTable(now));
  if (!now.up) console.log(`\nlab ${now.lab} is not up. Next: lab up`);
}
