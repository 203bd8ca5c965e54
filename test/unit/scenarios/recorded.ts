import type { ClusterView, UnitView } from '../../../scenarios/harness/cluster-view.ts';
import type { RunEvent } from '../../../scenarios/harness/event-log.ts';
import type { JournalLine } from '../../../scenarios/harness/evidence.ts';

/** Wall clock of the run's beginning; a wall time minus this is a time in the run. */
export const runBeganMs = 1_700_000_000_000;

export const event = (atMs: number, type: string, data: RunEvent['data'] = {}): RunEvent => ({
  ...{ atMs, wallMs: runBeganMs + atMs, type, data },
});

/** A unit whose state changed on a machine; null: nothing is published there any more. */
export const unitState = (atMs: number, unit: string, machine: string, state: string | null = 'active/running') =>
  event(atMs, 'unit-state', { unit, machine, state });

export const unitTarget = (atMs: number, unit: string, from: string | null, to: string | null) =>
  event(atMs, 'unit-target', { unit, from, to, reason: null });

export const pageMessage = (atMs: number, machine: string, rows: number, firstKey: string | null = null) =>
  event(atMs, 'page-message', { machine, rows, firstKey });

export const journal = (atMs: number, machine: string, unit: string, message: string): JournalLine => ({
  ...{ wallMs: runBeganMs + atMs, machine, unit, message },
});

/** A unit that runs where fleet wants it; without a machine it is placed nowhere, for a reason. */
export const unit = (name: string, machine?: string, reason?: string): UnitView => ({
  ...{ name, target: machine, reason },
  states: machine === undefined ? [] : [{ machine, state: 'active/running' }],
});

export const view = (parts: Partial<ClusterView>): ClusterView => ({ machines: [], units: [], keys: {}, ...parts });
