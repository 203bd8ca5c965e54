import type { UpPreview } from '#provision/cluster/preview/preview-up.ts';
import { table } from './table.ts';

/** What `lab up` would do, a line each, and how much of it there is. Pure. */
export function previewText({ lab, steps }: UpPreview): string {
  const rows = steps.map(({ subject, action, reason, bytes }) => [
    subject,
    action,
    bytes === undefined ? reason : `${reason} (${megabytes(bytes)} to download)`,
  ]);
  const toDo = steps.filter(({ action }) => action !== 'nothing').length;
  const summary =
    toDo === 0
      ? `lab ${lab}: nothing to do; lab up would only wait until the cluster is ready`
      : `lab ${lab}: ${toDo} of ${steps.length} to do. Nothing was touched. Next: lab up`;
  return `${table(['WHAT', 'ACTION', 'WHY'], rows)}\n\n${summary}`;
}

/** Of 1000 * 1000 bytes, as apt says it. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
