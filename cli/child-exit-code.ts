import { constants } from 'node:os';

/**
 * What a shell says of a program that this command ran for the reader: its exit code, or 128 and the number of the signal that
 * ended it (POSIX, Shell Command Language, 2.8.2); 127 for one that could not be started. Pure.
 */
export function exitCodeOf(result: {
  readonly exitCode?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
}): number {
  const { exitCode, signal } = result;
  return exitCode ?? (signal === undefined ? 127 : 128 + constants.signals[signal]);
}
