import { exitCodes } from '#errors/lab-error.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { seconds } from '#errors/seconds.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { profileText } from '../render/profile-text.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { appliedNote, changeNote } from '#provision/cluster/in-force/change-note.ts';
import { PhaseRecorder } from '#provision/cluster/profile/phase-recorder.ts';
import { profileUp } from '#provision/cluster/profile/profile-up.ts';
import { columnsOf, printErr, printOut } from '../render/terminal.ts';

/** @param options.profile also says where the time went */
export async function up(
  from: Invocation,
  machines: string[],
  options: { json?: boolean; profile?: boolean },
): Promise<void> {
  requireRoot();
  const progress = new Progress();
  const recorder = new PhaseRecorder();
  const lab = await openLab(from, (event) => {
    recorder.onEvent(event);
    if (options.json !== true) progress.onEvent(event);
  });
  await refuseDuringScenario(lab.paths);
  refuseStopped(lab.paths, lab.config.name);
  for (const notice of lab.config.notices) printErr(`note: ${notice}`);
  process.once('SIGINT', () => {
    progress.stop();
    printErr('\ninterrupted: machines that were begun go on booting; lab up goes on from there, lab destroy ends them');
    process.exit(exitCodes.interrupted);
  });
  const result = await lab.upAsWritten(machines).finally(() => progress.stop());
  const profile = options.profile === true ? await profileUp(lab, recorder.phases) : undefined;
  if (options.json === true) {
    console.log(JSON.stringify(profile === undefined ? result : { ...result, profile }));
    return;
  }
  printOut(statusTable(await lab.status()));
  for (const change of result.applied) printErr(`note: ${appliedNote(change)}`);
  for (const change of result.later) printErr(`note: ${changeNote(change)}`);
  const ready = result.clusterReady ? 'ready' : 'up, but without an etcd quorum,';
  printOut(`\nlab ${lab.config.name} is ${ready} after ${seconds(result.tookMs)}`);
  if (profile !== undefined) console.log(`\n${profileText(profile, columnsOf(process.stdout))}`);
}
