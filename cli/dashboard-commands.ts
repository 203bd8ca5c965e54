import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';

/** `lab dashboard` */
export function addDashboardCommand(lab: Command, from: Invocation): void {
  lab
    .command('dashboard')
    .description(
      'a page that shows machines, units, keys, leases and decisions live, or at any moment of a recorded run',
    )
    .option('--run <run>', 'a recorded run instead of this lab: SCENARIO (its latest), SCENARIO/TIME or a path')
    .option('--port <port>', 'on 127.0.0.1; default: any that is free')
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (options: { run?: string; port?: string; json?: boolean }) =>
      (await import('./commands/dashboard.ts')).dashboard(from, options),
    );
}
