import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { LabPaths } from '../ground/lab-paths.ts';

/**
 * Machines made by an earlier version have their disk as a plain directory: started from an empty image they would have
 * lost everything without a word.
 * @throws LabError `state.old-disk`
 */
export function refuseOldDisks(paths: LabPaths, machines: readonly string[]): void {
  const old = machines.filter((machine) => existsSync(join(paths.machine(machine).dir, 'upper')));
  if (old.length === 0) return;
  throw new LabError({
    code: 'state.old-disk',
    cause: `the disk of ${old.join(', ')} is a directory, as an earlier version made it; this one needs an image file`,
    evidence: old.map((machine) => join(paths.machine(machine).dir, 'upper')),
    next: 'lab destroy && lab up (the machines are made anew)',
  });
}
