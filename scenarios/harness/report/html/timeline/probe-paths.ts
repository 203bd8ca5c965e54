import type { Bucket } from './buckets.ts';

/** To a tenth of a px. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Columns from the floor up to each bucket's height; equal neighbours are one column. */
export function bars(buckets: readonly Bucket[], y: (bucket: Bucket) => number | undefined, floor: number): string {
  return runs(buckets.map(y))
    .map(({ from, to, value }) => `M${from} ${floor}V${value}H${to}V${floor}Z`)
    .join('');
}

/** A stair line, broken where there is no value. */
export function steps(buckets: readonly Bucket[], y: (bucket: Bucket) => number | undefined): string {
  let end: number | undefined;
  return runs(buckets.map(y))
    .map(({ from, to, value }) => {
      const path = end === from ? `V${value}H${to}` : `M${from} ${value}H${to}`;
      end = to;
      return path;
    })
    .join('');
}

/** Stretches of equal values: `[3, 3, undefined, 4]` -> 0-2: 3, 3-4: 4. */
export function runs(values: readonly (number | undefined)[]): { from: number; to: number; value: number }[] {
  const found: { from: number; to: number; value: number }[] = [];
  values.forEach((value, index) => {
    const last = found.at(-1);
    if (value === undefined) return;
    if (last?.to === index && last.value === value) found[found.length - 1] = { ...last, to: index + 1 };
    else found.push({ from: index, to: index + 1, value });
  });
  return found;
}
