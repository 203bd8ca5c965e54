import { execFile } from 'node:child_process';
import { LabError } from '../../errors/lab-error.ts';

/** Runs one command and resolves with its stdout. */
export type Run = (command: string, args: readonly string[]) => Promise<string>;

/** Rejects with `command.failed` (its stderr as evidence) on any other exit code than 0, after 10 s, or when it is not installed. */
export const runCommand: Run = (command, args) =>
  new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 10_000 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const line = [command, ...args].join(' ');
      reject(
        new LabError({
          code: 'command.failed',
          cause: `${line}: ${error.code === 'ENOENT' ? 'not installed' : `exit ${error.code ?? error.signal}`}`,
          evidence: stderr.split('\n').filter((text) => text !== ''),
          next: line,
          error,
        }),
      );
    });
  });
