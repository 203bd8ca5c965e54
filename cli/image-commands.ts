import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';

/** The commands on what machines are made of. */
export function addImageCommands(lab: Command, from: Invocation): void {
  const image = lab.command('image').description('what machines are made of, in other forms (lab image --help)');
  image
    .command('box')
    .description('the OS image as a Vagrant box: a bootable disk for virtual machines')
    .option('--box-provider <provider>', 'libvirt, virtualbox or all', 'libvirt')
    .option('--output <directory>', 'also copy it there')
    .option('--name', "only print the name of this checkout's box; nothing is built")
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (options: { boxProvider: string; output?: string; name?: boolean; json?: boolean }) =>
      (await import('./commands/image.ts')).imageBox(from, options),
    );
  image
    .command('prune')
    .description('free the cache of images, disks and boxes that neither this checkout nor any lab of this host needs')
    .option('--dry-run', 'only say what would be removed')
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (options: { dryRun?: boolean; json?: boolean }) =>
      (await import('./commands/image-prune.ts')).imagePrune(from, options),
    );
}
