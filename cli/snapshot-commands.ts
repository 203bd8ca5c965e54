import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';

/** The whole lab as it was at one instant. */
export function addSnapshotCommands(lab: Command, from: Invocation): void {
  const json = () => new Option('--json', 'machine-readable output');
  const commands = () => import('./commands/snapshot.ts');
  const snapshot = lab
    .command('snapshot')
    .description('keep the whole lab (disks, etcd, pushed images) as it is, and go back to it (lab snapshot --help)');
  snapshot
    .command('save')
    .argument('<name>')
    .description('all disks at one instant, of a lab that runs or is halted; machines stand still for a moment')
    .addOption(json())
    .action(async (name: string, options: { json?: boolean }) => (await commands()).save(from, name, options));
  snapshot
    .command('list')
    .description('the snapshots of this lab, and what each takes on disk')
    .addOption(json())
    .action(async (options: { json?: boolean }) => (await commands()).list(from, options));
  snapshot
    .command('restore')
    .argument('<name>')
    .description(
      'throw away what the lab has now, boot every machine from the snapshot, and wait until the cluster is ready',
    )
    .addOption(json())
    .action(async (name: string, options: { json?: boolean }) => (await commands()).restore(from, name, options));
  snapshot
    .command('delete')
    .argument('<name>')
    .description('free its disk space; lab destroy deletes all of them')
    .addOption(json())
    .action(async (name: string, options: { json?: boolean }) => (await commands()).remove(from, name, options));
}
