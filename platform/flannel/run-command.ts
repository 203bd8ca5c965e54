import { execFile } from 'node:child_process';
import * as z from 'zod/mini';
import { LabError } from '#errors/lab-error.ts';

/** Runs one command and resolves with its stdout. */
export type Run = (command: string, args: readonly string[]) => Promise<string>;

/** Rejects with `command.failed` (its stderr as evidence) on any other exit code than 0, after 10 s, or when it is not installed. */
export const runOrFail: Run = (command, args) =>
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

/**
 * The rows of `ip -j`; older ones print nothing when there are none.
 * @throws LabError `command.output`
 */
export function readRows<T>(json: string, row: z.ZodMiniType<T>): T[] {
  try {
    return json.trim() === '' ? [] : z.array(row).parse(JSON.parse(json));
  } catch (error) {
    throw new LabError({
      code: 'command.output',
      cause: 'ip -j printed what flanneld cannot read',
      evidence: [json.slice(0, 200)],
      next: 'ip -Version; ip -j route show',
      error,
    });
  }
}
