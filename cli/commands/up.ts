import { exitCodes } from '#errors/lab-error.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { seconds } from '#scenarios/harness/record/seconds.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { changeNote } from '#provision/cluster/in-force/change-note.ts';
import { printErr, printOut } from '../render/terminal.ts';

export async function up(from: Invocation, machines: string[], options: { json?: boolean }): Promise<void> {
  requireRoot();
  const progress = new Progress();
  const lab = await openLab(from, options.json === true ? undefined : progress.onEvent);
  await refuseDuringScenario(lab.paths);
  refuseStopped(lab.paths, lab.config.name);
  for (const notice of lab.config.notices) printErr(`note: ${notice}`);
  process.once('SIGINT', () => {
    progress.stop();
    printErr('\ninterrupted: machines that were begun go on booting; lab up goes on from there, lab destroy ends them');
    process.exit(exitCodes.interrupted);
  });
  const result = await lab.upAsWritten(machines).finally(() => progress.stop());
  if (options.json === true) {
    console.log(JSON.stringify(result));
    return;
  }
  printOut(statusTable(await lab.status()));
  for (const change of result.later) printErr(`note: ${changeNote(change)}`);
  const ready = result.clusterReady ? 'ready' : 'up, but without an etcd quorum,';
  printOut(`\nlab ${lab.config.name} is ${ready} after ${seconds(result.tookMs)}`);
}
