import pc from 'picocolors';
import { LabError } from '../../errors/lab-error.ts';

/** Prints an error as a person needs it: what, evidence, what to do next. Returns the process's exit code. */
export function renderError(error: unknown, asJson = false): number {
  const known = error instanceof LabError ? error : undefined;
  if (known === undefined) {
    console.error(error);
    console.error(`${pc.red('lab: a bug of the lab itself')} (internal.unexpected)`);
    return 70;
  }
  if (asJson) {
    console.error(JSON.stringify({ error: known }));
    return known.exitCode;
  }
  console.error(`${pc.red('error')} ${known.message} ${pc.dim(`[${known.code}]`)}`);
  for (const line of known.evidence) console.error(pc.dim(`  | ${line}`));
  console.error(`${pc.bold('next')}  ${known.next}`);
  return known.exitCode;
}
