import { LabError } from '#errors/lab-error.ts';

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** Whether a snapshot can have this name; it is a directory's. Pure. */
export function isSnapshotName(text: string): boolean {
  return pattern.test(text);
}

/** @throws LabError `usage.snapshot-name` */
export function requireSnapshotName(text: string): void {
  if (isSnapshotName(text)) return;
  throw new LabError({
    code: 'usage.snapshot-name',
    cause: `a snapshot's name is 1 to 40 characters of a-z, A-Z, 0-9 and . _ -, beginning with a letter or digit, not ${JSON.stringify(text.slice(0, 80))}`,
    next: 'lab snapshot save before-failover',
  });
}
