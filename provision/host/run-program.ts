import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';

/** A short-lived program of this host. */
export interface HostProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The Debian package that has it, for the error of a host without. */
  readonly debianPackage: string;
  /** What is to come of it, as a noun: `the lab's SSH key`. */
  readonly purpose: string;
  /** What to try when it has failed. */
  readonly next: string;
}

const deadlineMs = 60_000;

/**
 * Runs a program of this host to its end, without input.
 * @throws LabError `host.missing-program`, or `command.<program>` with its last 10 lines when it fails or has not ended within a minute
 */
export async function runProgram(of: HostProgram): Promise<void> {
  const { program, args, cwd, debianPackage, purpose } = of;
  const result = await execa(program, args, { cwd, all: true, reject: false, stdin: 'ignore', timeout: deadlineMs });
  if (!result.failed) return;
  const evidence = result.all.split('\n').filter(Boolean).slice(-10);
  if (result.code === 'ENOENT')
    throw new LabError({
      code: 'host.missing-program',
      cause: `${purpose} needs ${program}, which is not installed`,
      next: `apt-get install --no-install-recommends ${debianPackage}`,
      error: result,
    });
  const how = result.timedOut
    ? `took longer than ${statedSeconds(deadlineMs)}`
    : `failed (${result.signal ?? (result.exitCode === undefined ? result.shortMessage : `exit code ${result.exitCode}`)})`;
  const cause = `${program} ${how}: ${purpose}`;
  throw new LabError({ code: `command.${program}`, cause, evidence, next: of.next, error: result });
}
