import { type Command, Option } from 'commander';

/** What is read, with or without a lab: `lab docs`, `lab explain`. */
export function addReadingCommands(lab: Command, repoDir: string): void {
  const json = () => new Option('--json', 'machine-readable output');
  lab
    .command('docs')
    .description('README, docs and the guide as pages that need no server and no network')
    .option('--open', 'show them in a browser')
    .option('--to <directory>', 'write them there; it must be empty, or not there')
    .addOption(json())
    .action(async (options: { to?: string; open?: boolean; json?: boolean }) =>
      (await import('./commands/docs.ts')).docs(repoDir, options),
    );
  lab
    .command('explain')
    .argument('[code]', 'of an error, a family (host) or an exit code (69); leave out to list the families')
    .description('what an error code means, and what to do')
    .option('--all', 'list every code')
    .addOption(json())
    .action(async (code: string | undefined, options: { json?: boolean; all?: boolean }) =>
      (await import('./commands/explain.ts')).explain(code, options),
    );
}
