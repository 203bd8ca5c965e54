import { changeNote } from '#provision/cluster/in-force/change-note.ts';
import { findMaker } from '#provision/cluster/labs/find-maker.ts';
import { refuseAnothers } from '#provision/cluster/labs/lab-maker.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab } from '../open-lab.ts';
import { previewText } from '../render/preview-text.ts';
import { printErr, printOut } from '../render/terminal.ts';

/** Says what `lab up` would do. Nothing is installed, built, booted or mended, and no lock is waited for. */
export async function upDryRun(from: Invocation, machines: string[], options: { json?: boolean }): Promise<void> {
  const lab = await describeLab(from);
  refuseAnothers(lab.config, await findMaker(lab.config.stateDir, from.repoDir), 'lab up --dry-run');
  const preview = await lab.preview(machines.length === 0 ? undefined : machines);
  if (options.json === true) {
    console.log(JSON.stringify(preview));
    return;
  }
  for (const notice of lab.written.notices) printErr(`note: ${notice}`);
  printOut(previewText(preview));
  for (const change of preview.later) printOut(`\nnote: ${changeNote(change)}`);
}
