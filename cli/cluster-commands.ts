import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';

/** The commands on the machines of a lab, in the order in which help lists them. */
export function addClusterCommands(lab: Command, from: Invocation): void {
  addBeginning(lab, from);
  addReaching(lab, from);
  addEnding(lab, from);
}

const json = () => new Option('--json', 'machine-readable output');

function addBeginning(lab: Command, from: Invocation): void {
  lab
    .command('up')
    .argument('[machines...]', 'only these machines')
    .description('create or start machines and wait until the cluster is ready; run it again at any time')
    .option('--dry-run', 'only say what would be done, and why')
    .addOption(new Option('--profile', 'also say where the time went: the critical path').conflicts('dryRun'))
    .addOption(json())
    .action(async (machines: string[], options: { json?: boolean; dryRun?: boolean; profile?: boolean }) =>
      options.dryRun === true
        ? (await import('./commands/up-dry-run.ts')).upDryRun(from, machines, options)
        : (await import('./commands/up.ts')).up(from, machines, options),
    );
  lab
    .command('status')
    .description('machines, etcd and fleet as they are now')
    .addOption(json())
    .action(async (options: { json?: boolean }) => (await import('./commands/status.ts')).status(from, options));
  lab
    .command('list')
    .description('every lab of this host, whichever checkout made it')
    .addOption(json())
    .action(async (options: { json?: boolean }) => (await import('./commands/list.ts')).list(from, options));
}

function addReaching(lab: Command, from: Invocation): void {
  lab
    .command('ssh')
    .argument('<machine>')
    .argument('[command...]', 'run this instead of a shell (after --); options of ssh may stand before it')
    .description('a shell as user core, or one command')
    .passThroughOptions()
    .action(async (machine: string, command: string[]) =>
      (await import('./commands/ssh.ts')).ssh(from, machine, command),
    );
  lab
    .command('cp')
    .argument('<places...>', 'files, and last where they go: a path here, or core-01:PATH')
    .description('copy files to a machine, from one, or from one to another')
    .option('-r, --recursive', 'directories, too')
    .action(async (places: string[], options: { recursive?: boolean }) =>
      (await import('./commands/cp.ts')).cp(from, places, options),
    );
  lab
    .command('logs')
    .argument('[what]', 'a machine or a unit; default: all machines')
    .description('journals: of a unit wherever it runs, of one machine, or of all as one')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('-n, --lines <count>', 'how many of the last lines', '100')
    .action(async (what: string | undefined, options: { follow?: boolean; lines: string }) =>
      (await import('./commands/logs.ts')).logs(from, what, options),
    );
  lab
    .command('watch')
    .description('what the cluster does, a line each as it happens: machines, units, discovery keys, leases')
    .option('--for <seconds>', 'end after so long; default: at Ctrl-C')
    .addOption(json())
    .action(async (options: { json?: boolean; for?: string }) =>
      (await import('./commands/watch.ts')).watch(from, options),
    );
}

function addEnding(lab: Command, from: Invocation): void {
  lab
    .command('halt')
    .argument('[machines...]', 'default: all')
    .description('orderly shutdown; disks are kept')
    .action(async (machines: string[]) => (await import('./commands/halt.ts')).halt(from, machines));
  lab
    .command('cut')
    .argument('<machines...>')
    .description('pull the cord: no shutdown, the others see silence')
    .action(async (machines: string[]) => (await import('./commands/halt.ts')).cut(from, machines));
  lab
    .command('destroy')
    .argument('[machines...]', 'only these machines, disk and all; lab up builds them anew')
    .description('remove every process, mount, cgroup, interface, route and file of this lab, or of some machines')
    .option('--all', 'every lab of this host, whichever checkout made it; asks first')
    .option('-f, --force', 'with --all: without asking')
    .action(async (machines: string[], options: { all?: boolean; force?: boolean }) =>
      options.all === true
        ? (await import('./commands/destroy-all.ts')).destroyAll(from, machines, options)
        : (await import('./commands/destroy.ts')).destroy(from, machines),
    );
}
