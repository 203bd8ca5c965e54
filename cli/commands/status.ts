import { findSupervisor } from '../../provision/machines/ground/supervisor-process.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { statusTable } from '../render/status-table.ts';

export async function status(repoDir: string, options: { json?: boolean }): Promise<void> {
  const lab = await lookAtLab(repoDir);
  // Only root may ask it; nobody else is to be told that the lab is down.
  if (findSupervisor(lab.paths) !== undefined) requireRoot();
  const now = await lab.status();
  if (options.json === true) {
    console.log(JSON.stringify(now));
    return;
  }
  console.log(statusTable(now));
  if (!now.up) console.log(`\nlab ${now.lab} is not up. Next: lab up`);
}
