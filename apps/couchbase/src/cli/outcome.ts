/** How a command ends: what it prints on standard output, and on standard error, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errorLines?: readonly string[];
}

/** A problem, on standard output as all of them but wrong options of 7.x. 4.0's commands end with 0, 1 and 2; see each caller for which. */
export function problem(code: number, text: string, ...more: string[]): Outcome {
  return { code, lines: [`ERROR: ${text}`, ...more] };
}

/** Exit code 0, with a line as couchbase-cli says it: `SUCCESS: ...`. Pure. */
export function success(text: string): Outcome {
  return { code: 0, lines: [`SUCCESS: ${text}`] };
}

/** What goes to standard output and to standard error, each line with its end. Pure. */
export function streamsOf({ lines, errorLines = [] }: Outcome): { readonly output: string; readonly errors: string } {
  const textOf = (all: readonly string[]): string => (all.length === 0 ? '' : `${all.join('\n')}\n`);
  return { output: textOf(lines), errors: textOf(errorLines) };
}
