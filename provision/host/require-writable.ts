import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

/** Whether a path can be written, or made where it is not there yet. A read-only file system forbids it to root too. */
export function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    const parent = dirname(path);
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== path && canWrite(parent);
  }
}

/**
 * For what a command leaves in the checkout at its end: asked before it begins.
 * @param why `the record of the run must be written there`
 * @throws LabError `permission.checkout`
 */
export function requireWritable(path: string, why: string): void {
  if (canWrite(path)) return;
  throw new LabError({
    code: 'permission.checkout',
    cause: `${path} cannot be written, and ${why}`,
    next: 'use a checkout on a file system that can be written',
  });
}
