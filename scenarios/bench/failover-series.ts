import type { RunReport } from '../harness/record/run-report.ts';

/** Median and worst of one step over several runs, ms since the fault; undefined when some run never saw it. */
export interface StepStatistics {
  readonly step: string;
  readonly runs: number;
  readonly medianMs: number | undefined;
  readonly worstMs: number | undefined;
  /** The latest that the configured timers allow, median over the runs; undefined when nothing is predicted. */
  readonly predictedMaxMs: number | undefined;
}

/** Every step of the timeline over runs of one kind. A step that a run never saw counts as later than all others. Pure. */
export function stepStatistics(runs: readonly Pick<RunReport, 'timeline'>[]): StepStatistics[] {
  const names = [...new Set(runs.flatMap(({ timeline }) => timeline.map(({ name }) => name)))];
  return names.map((step) => {
    const found = runs.map(({ timeline }) => ({ t0: timeline[0]?.atMs, at: timeline.find((s) => s.name === step) }));
    const times = found.map(({ t0, at }) => (t0 === undefined || at?.atMs === undefined ? Infinity : at.atMs - t0));
    const bounds = found.map(({ at }) => at?.predicted?.maxMs).filter((bound) => bound !== undefined);
    return {
      step,
      runs: runs.length,
      medianMs: finite(median(times)),
      worstMs: finite(Math.max(...times)),
      predictedMaxMs: finite(median(bounds)),
    };
  });
}

/** The middle value; of an even number the upper one of the two; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
