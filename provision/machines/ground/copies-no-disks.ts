import { LabError } from '#errors/lab-error.ts';

/** @param error what was said instead */
export function copiesNoDisks(error?: unknown): LabError {
  return new LabError({
    code: 'state.old-supervisor',
    cause: "the lab's supervisor was started by an earlier version of the lab and copies no disks",
    next: 'lab halt && lab up',
    error,
  });
}
