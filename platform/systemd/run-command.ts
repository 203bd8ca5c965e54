import { execFile } from 'node:child_process';

export interface CommandResult {
  /** -1 when the command could not be run or ran out of time. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; never rejects. `timeoutMs`: the command is killed after that. */
export function runCommand(command: string, args: readonly string[], timeoutMs = 30_000): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      const killed = error?.killed === true ? `${command} took more than ${timeoutMs} ms` : '';
      resolve({ code, stdout, stderr: stderr || killed || (code === -1 ? (error?.message ?? '') : '') });
    });
  });
}
