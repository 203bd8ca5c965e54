import pc from 'picocolors';
import { type ErrorCode, LabError } from '#errors/lab-error.ts';
import { asTyped } from './as-typed.ts';
import { fold } from './fit.ts';
import { columnsOf } from './terminal.ts';

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
  const columns = columnsOf(process.stderr);
  console.error(
    `${pc.red('error')} ${fold(`${asTyped(known.message, process.stderr)} ${pc.dim(`[${known.code}]`)}`, columns, 6)}`,
  );
  for (const line of known.evidence.flatMap((text) => fold(text, columns - 4).split('\n'))) {
    console.error(pc.dim(`  | ${line}`));
  }
  console.error(`${pc.bold('next')}  ${fold(asTyped(known.next, process.stderr), columns, 6)}`);
  // A log or a program that reads this has no use for it.
  if (process.stderr.isTTY)
    console.error(pc.dim(fold(asTyped(`more  lab explain ${known.code}`, process.stderr), columns, 6)));
  return known.exitCode;
}
