import type { RunRecord } from '../record/run-record.ts';
import { describeSpan } from '../record/spans.ts';
import { silencingWindows } from '../record/unreachable.ts';

/**
 * What one unit's stop and another's start are seen apart by: states are published by each machine in its own time, and
 * the changes that one look at the cluster finds are recorded a few ms apart. Less is no violation.
 */
export const lookMs = 100;

/** Which machines' units were not counted and when, as a part of the evidence. */
export function uncounted(record: RunRecord): string {
  const all = silencingWindows(record).map((window) => `${window.name} ${describeSpan(window)}`);
  return all.length === 0 ? '' : `; not counted: units on a machine out of reach (${all.join(', ')})`;
}
