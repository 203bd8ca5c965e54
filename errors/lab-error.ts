import type { ListedCode } from './catalogue.ts';

/**
 * The one error a person of this project ever sees.
 * `code` is `<family>.<detail>`; the family decides the process exit code (numbers from BSD sysexits.h where one fits).
 */
export class LabError extends Error {
  readonly code: ErrorCode;
  /** Last journal or output lines of what failed, oldest first. */
  readonly evidence: readonly string[];
  /** The exact command (or edit) to try next. */
  readonly next: string;

  constructor(args: { code: ErrorCode; cause: string; evidence?: readonly string[]; next: string; error?: unknown }) {
    super(args.cause, { cause: args.error });
    this.name = 'LabError';
    this.code = args.code;
    this.evidence = args.evidence ?? [];
    this.next = args.next;
  }

  get exitCode(): number {
    return exitCodes[this.code.slice(0, this.code.indexOf('.')) as ErrorFamily];
  }

  toJSON(): { code: string; cause: string; evidence: readonly string[]; next: string; exitCode: number } {
    return {
      code: this.code,
      cause: this.message,
      evidence: this.evidence,
      next: this.next,
      exitCode: this.exitCode,
    };
  }
}

/** Exit codes by error family. 0, 1 and 2 belong to a scenario's verdict (pass, fail, unknown). */
export const exitCodes = {
  usage: 64, // bad command line
  config: 78, // config.rb or lab.toml
  unit: 65, // a unit file
  ignition: 66, // an Ignition config
  input: 67, // HTTP body, wire frame, other data from outside
  missing: 68, // a machine, unit or scenario of that name does not exist
  host: 69, // the host lacks something
  internal: 70, // a bug of ours
  unschedulable: 71, // no machine can take a unit
  busy: 73, // somebody else holds the lab
  state: 74, // the lab is not in a state that allows this
  timeout: 75, // a condition did not come true before its deadline
  command: 76, // a command run by the lab failed
  permission: 77, // not root
  unbuilt: 79, // not built yet
  interrupted: 130, // by Ctrl-C; 128 + SIGINT, as shells have it
} as const;

export type ErrorFamily = keyof typeof exitCodes;

type Written<Listed extends string> = Listed extends `${infer Family}.*` ? `${Family}.${string}` : Listed;

/** A code of the catalogue. A new one gets its entry there first. */
export type ErrorCode = Written<ListedCode>;

/** The codes of some families. */
export type CodeOf<Family extends ErrorFamily> = Extract<ErrorCode, `${Family}.${string}`>;

/** What stands behind the point in the codes of a family. */
export type DetailOf<Family extends ErrorFamily> = ErrorCode extends infer Code
  ? Code extends `${Family}.${infer Detail}`
    ? Detail
    : never
  : never;
