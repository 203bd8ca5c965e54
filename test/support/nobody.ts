import { spawnSync } from 'node:child_process';

/** A user who owns nothing. */
export const nobody = 65_534;

/** Whether that user can run a program, by its name in PATH or its path. */
export function canNobodyRun(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { uid: nobody, gid: nobody }).status === 0;
}
