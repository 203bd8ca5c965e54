import { exitCodes, LabError } from './lab-error.ts';

/**
 * The one way in which a daemon or a tool of the lab ends by an error: says it on stderr, and exits with the code of its
 * family. (The CLI itself goes on to the end of its event loop, and says it in colour.)
 * @param program as a log shows it: `fleetd`
 */
export function endProgram(program: string, error: unknown): never {
  const { text, exitCode } = lastWords(program, error);
  process.stderr.write(text);
  process.exit(exitCode);
}

/**
 * `PROGRAM: cause`, the evidence below it, and the next command; of an error that is no LabError, a bug, where it comes from.
 * Lines end with a newline. Pure.
 */
export function lastWords(program: string, error: unknown): { text: string; exitCode: number } {
  if (error instanceof LabError) {
    const lines = [...error.evidence, `next: ${error.next}`].map((line) => `  ${line}\n`);
    return { text: `${program}: ${error.message}\n${lines.join('')}`, exitCode: error.exitCode };
  }
  const place = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `${program}: ${place}\n`, exitCode: exitCodes.internal };
}
