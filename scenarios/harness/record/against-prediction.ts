import type { Prediction } from './run-report.ts';

/** How a figure stands to what the configured timers predict. */
export type Standing = 'within' | 'sooner' | 'later' | 'never' | 'unpredicted';

/** What a report says where no prediction stands: a boot, a pull, a build take what they take. */
export const unpredicted = 'no timer predicts this';

/**
 * @param ms measured; undefined: it never happened
 * @returns `later` says nothing about pass or fail: that is for the scenario's claims
 */
export function againstPrediction(ms: number | undefined, predicted: Prediction | undefined): Standing {
  if (ms === undefined) return 'never';
  if (predicted === undefined) return 'unpredicted';
  if (ms < predicted.minMs) return 'sooner';
  return ms > predicted.maxMs ? 'later' : 'within';
}
