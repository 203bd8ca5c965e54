import { writeSync } from 'node:fs';
import { exitCodes, LabError } from './lab-error.ts';

/** How long a full pipe is waited for, and how often it is looked at, ms. */
const pipeDeadlineMs = 2000;
const pipeLookMs = 10;

/**
 * The one way in which a daemon or a tool of the lab ends by an error: says it on stderr, and exits with the code of its
 * family. (The CLI itself goes on to the end of its event loop, and says it in colour.)
 * @param program as a log shows it: `fleetd`
 */
export function endProgram(program: string, error: unknown): never {
  const { text, exitCode } = lastWords(program, error);
  sayAll(Buffer.from(text));
  process.exit(exitCode);
}

/** `process.stderr` would still hold what a full pipe has not taken when the process ends. */
function sayAll(text: Buffer): void {
  const endAt = Date.now() + pipeDeadlineMs;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let rest = text; rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(process.stderr.fd, rest));
    } catch (error) {
      // Whoever has gone, or reads nothing, is told no more.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || Date.now() > endAt) return;
      Atomics.wait(nobody, 0, 0, pipeLookMs);
    }
  }
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
