import pc from 'picocolors';
import { type ErrorCode, LabError } from '../../errors/lab-error.ts';

/** Of an error that is no LabError. */
const unexpected: ErrorCode = 'internal.unexpected';

/** Prints an error as a person needs it: what, evidence, what to do next. Returns the process's exit code. */
export function renderError(error: unknown, asJson = false): number {
  const known = error instanceof LabError ? error : undefined;
  if (known === undefined) {
    console.error(error);
    console.error(`${pc.red('lab: a bug of the lab itself')} (${unexpected})`);
    return 70;
  }
  if (asJson) {
    console.error(JSON.stringify({ error: known }));
    return known.exitCode;
  }
  console.error(`${pc.red('error')} ${known.message} ${pc.dim(`[${known.code}]`)}`);
  for (const line of known.evidence) console.error(pc.dim(`  | ${line}`));
  console.error(`${pc.bold('next')}  ${known.next}`);
  // A log or a program that reads this has no use for it.
  if (process.stderr.isTTY) console.error(pc.dim(`more  lab explain ${known.code}`));
  return known.exitCode;
}
