import type { Invocation } from '../invocation.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { findSupervisor } from '#provision/machines/ground/supervisor-process.ts';
import type { LabStatus } from '#provision/cluster/status.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { statusTable } from '../render/status-table.ts';
import { changeNote } from '#provision/cluster/in-force/change-note.ts';
import { realHost } from '#provision/host/real-host.ts';
import { fullDiskNote } from '../render/full-disk-note.ts';
import { printOut } from '../render/terminal.ts';

/** `lab status`: machines, etcd, fleet, what of config.rb and lab.toml does not hold yet. Changes nothing. */
export async function status(from: Invocation, options: { json?: boolean }): Promise<void> {
  const lab = await lookAtLab(from);
  // Only root may ask it; nobody else is to be told that the lab is down.
  if (process.getuid?.() !== 0 && findSupervisor(lab.paths) !== undefined) requireRoot();
  refuseStopped(lab.paths, lab.config.name);
  const now = await lab.status();
  const disk = realHost().fileSystem(lab.config.stateDir);
  if (options.json === true) {
    console.log(JSON.stringify({ ...now, stateDisk: disk }));
    return;
  }
  printOut(statusTable(now));
  for (const change of now.changes) printOut(`\nnote: ${changeNote(change)}`);
  if (now.otherMembers.length > 0) printOut(`\nnote: ${otherMembersNote(now)}`);
  const full = fullDiskNote(lab.config.stateDir, disk);
  if (now.up && full !== undefined) printOut(`\nnote: ${full}`);
  if (!now.up) printOut(`\nlab ${now.lab} is not up. Next: lab up`);
}

/** One sentence about members of etcd that are no machine of the lab. Pure. */
function otherMembersNote({ otherMembers }: Pick<LabStatus, 'otherMembers'>): string {
  const [who, are] = otherMembers.length === 1 ? ['a member that is', 'it counts'] : ['members that are', 'they count'];
  return `etcd has ${who} no machine of this lab (${otherMembers.join(', ')}): ${are} for the quorum. Next: lab up`;
}
