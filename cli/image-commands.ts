import { type Command, Option } from 'commander';
import type { ImageBuildOptions } from './commands/image-own.ts';
import type { Invocation } from './invocation.ts';

/** The commands on what machines are made of. */
export function addImageCommands(lab: Command, from: Invocation): void {
  const image = lab
    .command('image')
    .description('images: your own for containers, and what machines are made of (lab image --help)');
  addOwnImages(image, from);
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

/** Images that readers build for their units. */
function addOwnImages(image: Command, from: Invocation): void {
  image
    .command('build')
    .argument('<directory>', 'with a Dockerfile and all that it copies')
    .description("build a Dockerfile into the lab's registry, from where every machine can pull it")
    .option('-t, --tag <name>', 'NAME[:TAG]; may be given again', collected)
    .option('-f, --file <file>', 'the Dockerfile; default: the one in the directory')
    .option('--build-arg <name=value>', 'for ARG in the Dockerfile; may be given again', collected)
    .option('--target <stage>', 'build this stage only')
    .option('--no-cache', 'repeat every step')
    .option('-q, --quiet', 'only say what was made')
    .action(async (directory: string, options: ImageBuildOptions) =>
      (await import('./commands/image-own.ts')).imageBuild(from, directory, options),
    );
  image
    .command('load')
    .argument('<file>', 'of docker save, or an OCI image layout as a tar; compressed or not')
    .description("put the images of an archive into the lab's registry")
    .option('-t, --tag <name>', 'NAME[:TAG] instead of the one in the archive')
    .action(async (file: string, options: { tag?: string }) =>
      (await import('./commands/image-own.ts')).imageLoad(from, file, options),
    );
  image
    .command('list')
    .description("what machines can pull: the lab's own images, and yours")
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (options: { json?: boolean }) => (await import('./commands/image-own.ts')).imageList(from, options));
  image
    .command('rm')
    .argument('<names...>', 'NAME[:TAG]')
    .description("take images of yours out of the lab's registry")
    .action(async (names: string[]) => (await import('./commands/image-own.ts')).imageRemove(from, names));
}

/** An option that may be given again. */
function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
