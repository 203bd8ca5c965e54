import type { z } from 'zod';

/** What a schema found wrong, for a LabError's evidence: `data.machine: Invalid input: expected string`; at most five. Pure. */
export function issuesOf({ issues }: z.ZodError): string[] {
  return issues.slice(0, 5).map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
}
