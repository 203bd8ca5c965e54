import type { Outcome } from './run/run-plan.ts';

/** What all seeds together came to. */
export interface Tally {
  readonly seeds: number;
  readonly simulatedHours: number;
  readonly wallMinutes: number;
  /** Of the CPU of this process. */
  readonly cpuMinutes: number;
  readonly faults: number;
  readonly operations: number;
  readonly commits: number;
  readonly rests: number;
  /** From calm to rest: the longest, s. */
  readonly slowestRestSeconds: number;
  readonly violations: number;
}

/** @param took of the real world, ms */
export function tallyOf(outcomes: readonly Outcome[], took: { wallMs: number; cpuMs: number }): Tally {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, one) => total + of(one), 0);
  const slowest = outcomes.reduce((most, one) => one.settledAfterMs.reduce((a, b) => Math.max(a, b), most), 0);
  return {
    seeds: outcomes.length,
    simulatedHours: sum((one) => one.simulatedMs) / 3_600_000,
    wallMinutes: took.wallMs / 60_000,
    cpuMinutes: took.cpuMs / 60_000,
    faults: sum((one) => one.faults),
    operations: sum((one) => one.operations),
    commits: sum((one) => one.commits),
    rests: sum((one) => one.settledAfterMs.length),
    slowestRestSeconds: slowest / 1000,
    violations: sum((one) => (one.violation === undefined ? 0 : 1)),
  };
}

/** In two lines. */
export function tallyText(tally: Tally): string {
  const per = (minutes: number): string => (tally.simulatedHours / minutes).toFixed(1);
  return [
    `${tally.simulatedHours.toFixed(1)} hours of ${tally.seeds} seeds: ${tally.faults} faults, ${tally.operations} operations, ` +
      `${tally.commits} commits; ${tally.rests} times at rest, at most ${tally.slowestRestSeconds} s after calm`,
    `${tally.violations} violations; ${per(tally.wallMinutes)} simulated hours a minute (${per(tally.cpuMinutes)} a minute of CPU)`,
  ].join('\n');
}
