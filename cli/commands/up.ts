import { openLab, requireRoot } from '../open-lab.ts';
import { Progress, seconds } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';

export async function up(repoDir: string, machines: string[], options: { json?: boolean }): Promise<void> {
  requireRoot();
  const progress = new Progress();
  const lab = await openLab(repoDir, options.json === true ? undefined : progress.onEvent);
  for (const notice of lab.config.notices) console.error(`note: ${notice}`);
  const result = await lab.up(machines).finally(() => progress.stop());
  if (options.json === true) {
    console.log(JSON.stringify(result));
    return;
  }
  console.log(statusTable(await lab.status()));
  const ready = result.clusterReady ? 'ready' : 'up, but without an etcd quorum,';
  console.log(`\nlab ${lab.config.name} is ${ready} after ${seconds(result.tookMs)}`);
}
