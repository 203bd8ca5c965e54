import type { Prediction } from '../record/run-report.ts';

/** A wait that is known beforehand, with what it comes from. */
export function term(terms: string, minMs: number, maxMs = minMs): Prediction {
  return { minMs, maxMs, terms };
}

/** One after the other. */
export function sum(...parts: readonly Prediction[]): Prediction {
  return {
    minMs: parts.reduce((total, { minMs }) => total + minMs, 0),
    maxMs: parts.reduce((total, { maxMs }) => total + maxMs, 0),
    terms: parts.map(({ terms }) => terms).join(' + '),
  };
}

/** At once; the slowest decides. */
export function slowest(...parts: readonly Prediction[]): Prediction {
  return {
    minMs: Math.max(...parts.map(({ minMs }) => minMs)),
    maxMs: Math.max(...parts.map(({ maxMs }) => maxMs)),
    terms: parts.map(({ terms }) => terms).join(', beside it '),
  };
}

/**
 * What the waits that follow one another come to, ms: the middle of each, as a wait between two limits (a lease renewed some
 * time ago, a query every 5 s) is on average.
 */
export function floorMs(parts: readonly Prediction[]): number {
  return Math.round(parts.reduce((total, { minMs, maxMs }) => total + (minMs + maxMs) / 2, 0));
}
