import type { ListedCode } from './catalogue.ts';
import { type ErrorFamily, exitCodes } from './exit-codes.ts';

export { type ErrorFamily, exitCodes };

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

  /** What a program ends with that fails by it: of the family of `code` (exit-codes.ts). */
  get exitCode(): number {
    return exitCodes[this.code.slice(0, this.code.indexOf('.')) as ErrorFamily];
  }

  /** What `--json` prints of it: no stack, and not the error behind it. */
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
