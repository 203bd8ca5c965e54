import type { BucketStats } from '../rest/shapes.ts';

/** One line of a chart: a figure for each second. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** Lines over the same seconds; `timesMs` since 1970, oldest first. */
export interface Minute {
  readonly timesMs: readonly number[];
  readonly lines: readonly Line[];
}

/** Some figures of one bucket, those that its server has; none before it has answered. */
export function figuresOf(stats: BucketStats | undefined, wanted: readonly { name: string; label: string }[]): Minute {
  const samples = stats?.op.samples ?? {};
  const timesMs = samples['timestamp'] ?? [];
  const lines = wanted.flatMap(({ name, label }) => {
    const values = samples[name];
    return values === undefined ? [] : [{ label, values }];
  });
  return { timesMs, lines };
}

/** One figure of several buckets, by their last seconds: a bucket that is younger than the others has none before. */
export function acrossBuckets(
  all: readonly { readonly bucket: string; readonly stats: BucketStats }[],
  name: string,
): Minute {
  const longest = all
    .map(({ stats }) => stats.op.samples['timestamp'] ?? [])
    .toSorted((a, b) => b.length - a.length)[0];
  const timesMs = longest ?? [];
  const lines = all.map(({ bucket, stats }) => {
    const values = stats.op.samples[name] ?? [];
    const missing = Array.from({ length: Math.max(0, timesMs.length - values.length) }, () => null);
    return { label: bucket, values: [...missing, ...values] };
  });
  return { timesMs, lines };
}

/** The highest figure of all lines together, in any of the seconds; 0 when there is none. */
export function highestSum({ timesMs, lines }: Minute): number {
  return Math.max(0, ...timesMs.map((_, index) => lines.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)));
}

/** A line in words: its last, highest and mean figure. */
export function inWords({ label, values }: Line, format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${label}: nothing yet`;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return `${label}: now ${format(last)}, highest ${format(Math.max(...known))}, mean ${format(Math.round(mean))}`;
}
