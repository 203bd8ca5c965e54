import { LabError } from '#errors/lab-error.ts';
import { columnsOf, folded } from './fleetctl/narrow.ts';
import { runFleetctl } from './fleetctl/commands/run-fleetctl.ts';

/** fleetctl as a program: results on stdout, everything else on stderr, exit code by kind of error. */
async function main(): Promise<void> {
  const toTerminal = process.stderr.isTTY ? toStderr : undefined;
  process.exitCode = await runFleetctl(process.argv.slice(2), {
    env: process.env,
    out: (line) => console.log(line),
    err: toStderr,
    progress: toTerminal,
    columns: columnsOf(process.stdout),
  });
}

function toStderr(line: string): void {
  console.error(folded(line, columnsOf(process.stderr), 2));
}

main().catch((error: unknown) => {
  if (error instanceof LabError) {
    toStderr(error.message);
    for (const line of error.evidence) toStderr(`  ${line}`);
    toStderr(`next: ${error.next}`);
    process.exitCode = error.exitCode;
    return;
  }
  console.error(error);
  process.exitCode = 70;
});

// `fleetctl list-units | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
