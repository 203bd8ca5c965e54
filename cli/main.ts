import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option, type OutputConfiguration } from 'commander';
import { config as configureZod } from 'zod';
import { takeName } from './choose-name.ts';
import { takeProvider } from './choose-provider.ts';
import { addClusterCommands } from './cluster-commands.ts';
import { addDashboardCommand } from './dashboard-commands.ts';
import { addGuideCommands } from './guide-commands.ts';
import { addImageCommands } from './image-commands.ts';
import type { Invocation } from './invocation.ts';
import { takeNoInstall } from './no-install.ts';
import { LabError } from '#errors/lab-error.ts';
import { forgetOtherClusters } from '#provision/host/other-clusters.ts';
import { asTyped } from './render/as-typed.ts';
import { renderError } from './render/error.ts';
import { fit } from './render/fit.ts';
import { columnsOf } from './render/terminal.ts';
import { addReadingCommands } from './reading-commands.ts';
import { addRunCommands } from './run-commands.ts';
import { addShellCommands } from './shell-commands.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { isInShell, leaveShell } from './shell/leave-shell.ts';
import { addVagrantCommands } from './vagrant-commands.ts';

/** The checkout this command runs from; the launcher sets it. */
const repoDir = process.env['LAB_ROOT'] ?? process.cwd();

const help = `
Examples:
  lab scenario failover          everything from nothing: build, boot, deploy, break a machine, prove what happens
  lab up                         three machines at 172.17.8.101-103, etcd, flannel, Docker, fleet
  lab shell                      the chapter's commands as it prints them: fleetctl, etcdctl, vagrant, docker, ssh core-02
  lab guide                      the chapter step by step, each step checked
  lab fleetctl list-units        fleet's own command, against this lab
  lab ssh core-02 -- docker ps   a command on a machine
  lab logs -f worker.service     what a unit says, wherever it runs
  lab halt core-02               orderly shutdown (lab up core-02 brings it back, with its data)
  lab cut core-02                pull the cord
  lab destroy                    leave nothing behind

Sizes are in config.rb, everything else in lab.toml. Errors and exit codes: lab explain.`;

/** Help and usage errors: commander folds nothing, for it knows neither narrow terminals nor the examples. */
const folded: OutputConfiguration = {
  getOutHelpWidth: () => Infinity,
  getErrHelpWidth: () => Infinity,
  writeOut: (text) => process.stdout.write(fit(asTyped(text, process.stdout), helpColumns(process.stdout))),
  writeErr: (text) => process.stderr.write(fit(asTyped(text, process.stderr), helpColumns(process.stderr))),
};

/** A person reads help in a pipe, too (less). */
function helpColumns(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? columnsOf(stream) : 80;
}

function program(from: Invocation): Command {
  const lab = new Command('lab')
    .description(
      'A three-machine CoreOS-style cluster on this host, and scenarios that break it and measure what happens.',
    )
    .version(version(), '-V, --version')
    .addHelpText('after', help)
    .showHelpAfterError('(lab --help lists the commands)')
    .option(
      '--provider <name>',
      'what runs the machines of a new lab: nspawn (default) or vagrant; anywhere on the line',
    )
    .option('--name <name>', "another lab than lab.toml's, of the same configuration; anywhere on the line")
    .option('--no-install', 'refuse to install Node or Debian packages, and name them; anywhere on the line')
    .enablePositionalOptions()
    .configureOutput(folded)
    .exitOverride();
  const json = () => new Option('--json', 'machine-readable output');

  addClusterCommands(lab, from);
  lab
    .command('fleetctl')
    .argument('[arguments...]')
    .description("fleet's command line, against this lab")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => (await import('./commands/fleetctl.ts')).fleetctl(from, args));
  lab
    .command('scenario')
    .argument('[name]', 'a scenario, a file of your own (./mine.ts), or "new NAME"; leave out to list them')
    .argument('[parameters...]', 'lab scenario NAME --help names them')
    .description('run an experiment: it does all set-up itself, breaks something, and proves what follows')
    .addOption(json())
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (name: string | undefined, words: string[], options: { json?: boolean }) =>
      (await import('./commands/scenario.ts')).scenario(from, name, words, options),
    );
  addSnapshotCommands(lab, from);
  addShellCommands(lab, from);
  addGuideCommands(lab, from);
  addRunCommands(lab, repoDir);
  addDashboardCommand(lab, from);
  addVagrantCommands(lab, from);
  addImageCommands(lab, from);
  lab
    .command('doctor')
    .description('check that this host can carry a lab; every finding comes with its fix')
    .option('--fix', 'do what is safe, each step named before; asks before this host is changed')
    .addOption(new Option('-y, --yes', 'with --fix: without asking').implies({ fix: true }))
    .addOption(new Option('--dry-run', 'with --fix: only say what would be done').implies({ fix: true }))
    .addOption(json())
    .action(async (options: { json?: boolean; fix?: boolean; yes?: boolean; dryRun?: boolean }) =>
      options.fix === true
        ? (await import('./commands/doctor-fix.ts')).doctorFix(from, options)
        : (await import('./commands/doctor.ts')).doctor(from, options),
    );
  addReadingCommands(lab, repoDir);
  lab
    .command('test')
    .description('all tests of the project: lint, types, unit and property tests, end to end on real machines')
    .option(
      '--tier <tier>',
      "quick (no machines), all, own-code (a reader's programs), vagrant (virtual machines; minutes each), or host (emulated hosts)",
      'all',
    )
    .action(async (options: { tier: string }) => (await import('./commands/test.ts')).test(repoDir, options));
  return lab;
}

function version(): string {
  return (JSON.parse(readFileSync(join(repoDir, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Who reads has enough (`lab explain | head`): what is done goes on, and what would be said is said to nobody. */
function outliveReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  const cause = `what this command prints cannot be written: ${error.message}`;
  process.exit(
    renderError(new LabError({ code: 'host.output', cause, next: 'free space, or print elsewhere', error }), false),
  );
}

async function main(): Promise<void> {
  // A command reads each kind of thing once or twice: that is less than compiling a reader of it.
  configureZod({ jitless: true });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', outliveReader);
  forgetOtherClusters(process.env);
  const inShell = isInShell(process.env);
  leaveShell(process.env);
  try {
    const { argv: words, noInstall } = takeNoInstall(process.argv);
    if (noInstall) process.env['LAB_NO_INSTALL'] = '1';
    const { argv: unnamed, name } = takeName(words);
    // What this process calls means the same lab.
    if (name !== undefined) process.env['LAB_NAME'] = name;
    const { argv, ...asked } = takeProvider(unnamed);
    await program({ repoDir, inShell, ...asked }).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 64;
      return;
    }
    process.exitCode = renderError(error, process.argv.includes('--json'));
  }
}

void main();
