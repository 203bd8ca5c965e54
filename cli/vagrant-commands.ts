import type { Command } from 'commander';
import { absentVerbs, vagrantAbsent } from './commands/vagrant-absent.ts';
import type { Invocation } from './invocation.ts';

/** What the Vagrantfile asks of the lab, and Vagrant's verbs where the machines are containers. */
export function addVagrantCommands(lab: Command, from: Invocation): void {
  const vagrant = lab
    .command('vagrant')
    .description("for the Vagrantfile, and Vagrant's verbs on containers; a person types `vagrant up`");
  addVerbs(vagrant, from);
  vagrant
    .command('settings')
    .description('everything Vagrant needs to know about the machines, as JSON')
    .option('--hypervisor <name>', 'what Vagrant was told to run the machines on, where there are none yet')
    .action(async (options: { hypervisor?: string }) =>
      (await import('./commands/vagrant.ts')).vagrantSettings(from.repoDir, options),
    );
  vagrant
    .command('prepare')
    .argument('<machine>')
    .description('box, network, services and Ignition config that the machine needs before it boots')
    .option('--hypervisor <name>', 'what Vagrant runs the machine on: libvirt or virtualbox', 'libvirt')
    .action(async (machine: string, options: { hypervisor: string }) =>
      (await import('./commands/vagrant-prepare.ts')).prepare(from, machine, options),
    );
}

/** Options that Vagrant's own verbs have and that change nothing here are taken. */
function addVerbs(vagrant: Command, from: Invocation): void {
  const verb = (name: string, description: string) =>
    vagrant.command(name).argument('[machines...]', 'default: all').description(description);
  const verbs = () => import('./commands/vagrant-verbs.ts');
  verb('up', 'create or start machines, as lab up')
    .option('--provision', 'changes nothing: Ignition provisions a machine once, before its first boot')
    .option('--no-provision', 'the same')
    .action(async (machines: string[]) => (await verbs()).vagrantUp(from, machines));
  verb('halt', 'orderly shutdown, as lab halt')
    .option('-f, --force', 'pull the cord, as lab cut')
    .action(async (machines: string[], options: { force?: boolean }) =>
      (await verbs()).vagrantHalt(from, machines, options),
    );
  verb('reload', 'halt, then up').action(async (machines: string[]) => (await verbs()).vagrantReload(from, machines));
  verb('destroy', 'throw machines away, disk and all; with the last one goes the lab')
    .option('-f, --force', 'without asking')
    .action(async (machines: string[], options: { force?: boolean }) =>
      (await verbs()).vagrantDestroy(from, machines, options),
    );
  vagrant
    .command('snapshot')
    .argument('<verb>', 'save, restore, delete or list')
    .argument('[name...]', 'of the snapshot')
    .description('as lab snapshot: of the whole lab')
    .action(async (verb_: string, words: string[]) =>
      (await import('./commands/vagrant-snapshot.ts')).vagrantSnapshot(from, verb_, words),
    );
  for (const name of ['suspend', 'resume'] as const) {
    verb(name, 'not of containers; says what to use').action(async () =>
      (await import('./commands/vagrant-snapshot.ts')).vagrantSuspend(name),
    );
  }
  verb('status', 'the state of each machine').action(async (machines: string[]) =>
    (await verbs()).vagrantStatus(from, machines),
  );
  for (const name of absentVerbs.keys())
    vagrant
      .command(name, { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => vagrantAbsent(name));
}
