import { readFileSync } from 'node:fs';

/** A small file of /proc, /sys or the supervisor's log; empty for one that is not there or went while it was read: nothing is known then. */
export function textOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
