import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

/** The lab under the names that the chapter types. */
export function addShellCommands(lab: Command, from: Invocation): void {
  lab
    .command('shell')
    .description('a shell in which fleetctl, etcdctl, vagrant, docker and `ssh core-02` speak to this lab')
    .option('--dir <dir>', 'begin in this directory')
    .option('-c, --command <commands>', 'run these instead, and end with their exit code')
    .action(async (options: { dir?: string; command?: string }) =>
      (await import('./commands/shell.ts')).shell(from, options),
    );
  lab
    .command('env')
    .argument('[machine]', 'whose Docker engine DOCKER_HOST is to name')
    .description('print what other tools need to find the lab, to be evaluated by a shell')
    .option('--shell <name>', 'bash, zsh or fish; default: by $SHELL')
    .action(async (machine: string | undefined, options: { shell?: string }) =>
      (await import('./commands/env.ts')).env(from, machine, options),
    );
  lab
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print what completes commands, machines, units, scenarios, runs, snapshots and labs in that shell')
    .action(async (shell: string) => (await import('./commands/completion.ts')).completion(from, shell));
}
