import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

/** What the Vagrantfile asks of the lab. */
export function addVagrantCommands(lab: Command, from: Invocation): void {
  const vagrant = lab.command('vagrant').description('for the Vagrantfile; a person types `vagrant up`');
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
