/** How repeated measurements spread; ms, each one of the values that were measured (nearest rank). */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Undefined when nothing was measured. Pure. */
export function distribution(values: readonly number[]): Distribution | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [min, median, p90, max] = [sorted[0], rank(0.5), rank(0.9), sorted.at(-1)];
  if (min === undefined || median === undefined || p90 === undefined || max === undefined) return undefined;
  return { count: sorted.length, min, median, p90, max };
}

/** `0.31 / 0.35 / 0.52 / 0.60 s`: min, median, p90, max. */
export function spread({ min, median, p90, max }: Distribution): string {
  return `${[min, median, p90, max].map((ms) => (ms / 1000).toFixed(2)).join(' / ')} s`;
}
