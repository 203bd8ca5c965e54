import { LabError } from '#errors/lab-error.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import type { FlagSpec, ParsedFlags } from '../parts/flags.ts';

/** What a command works with; everything outside of the process is passed in. */
export interface Context {
  readonly client: FleetClient;
  readonly flags: ParsedFlags;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** One line on stdout. */
  out(line: string): void;
  /** One line on stderr. */
  err(line: string): void;
  /** A line for a person who waits; undefined when nobody watches. */
  readonly progress: ((line: string) => void) | undefined;
  /** How wide the terminal behind `out` is; absent: there is none, or any line is as good. */
  readonly columns?: number;
}

export interface Command {
  readonly name: string;
  readonly args: string;
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  /** From this many arguments on, everything belongs to the remote command. */
  readonly until?: number;
  /** Resolves to the exit code. */
  run(context: Context): Promise<number>;
}

/** Puts fleetctl's own words ("Error creating units") before the cause of what fails inside. */
export async function saying<T>(words: string, what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw new LabError({
      code: error.code,
      cause: `${words}: ${error.message}`,
      evidence: error.evidence,
      next: error.next,
      error,
    });
  }
}

/** LabError `usage.no-units` of a command that wants units. */
export function noUnits(command: string): LabError {
  return new LabError({ code: 'usage.no-units', cause: 'No units given', next: `fleetctl ${command} UNIT...` });
}
