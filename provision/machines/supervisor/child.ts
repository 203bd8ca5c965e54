import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';

export interface Daemon {
  readonly name: string;
  readonly process: ChildProcess;
  /** The daemon's exit, as one sentence; resolves when it has ended. */
  readonly ended: Promise<string>;
}

/** Starts a long-running child with its output appended to a log file. It dies with the lab's PID namespace. */
export function startDaemon(name: string, argv: readonly string[], logFile: string): Daemon {
  const [command, ...args] = argv;
  if (command === undefined)
    throw new LabError({ code: 'internal.daemon', cause: `${name} has no command`, next: 'report this' });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`${name} ended with ${signal ?? `exit code ${code}`}`));
  });
  return { name, process: child, ended };
}
