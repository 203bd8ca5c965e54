import { type Command, Option } from 'commander';

/** The commands on recorded runs: they need no lab and no root. */
export function addRunCommands(lab: Command, repoDir: string): void {
  const json = () => new Option('--json', 'machine-readable output');
  lab
    .command('runs')
    .argument('[scenario]', 'only runs of this one')
    .description('recorded runs, newest first: verdict, time taken, parameters')
    .addOption(json())
    .action(async (scenario: string | undefined, options: { json?: boolean }) =>
      (await import('./commands/runs.ts')).runs(repoDir, scenario, options),
    );
  lab
    .command('report')
    .argument('[run]', 'SCENARIO (its latest run), SCENARIO/TIME or a path; default: the newest run')
    .description('draw a recorded run as one HTML file and say where it is')
    .option('--open', 'show it in a browser')
    .addOption(json())
    .option('--schema', 'print the JSON schema of report.json')
    .action(async (run: string | undefined, options: { open?: boolean; json?: boolean; schema?: boolean }) =>
      (await import('./commands/report.ts')).report(repoDir, run, options),
    );
  lab
    .command('compare')
    .argument('<runA>')
    .argument('<runB>')
    .description('two runs of a scenario side by side: every step, measure and probe, difference and ratio')
    .addOption(json())
    .option('--html <file>', 'also write it as one HTML file')
    .action(async (a: string, b: string, options: { json?: boolean; html?: string }) =>
      (await import('./commands/compare.ts')).compare(repoDir, [a, b], options),
    );
}
