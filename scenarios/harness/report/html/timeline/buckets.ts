import { type ProbeName, type Sample, probeNames } from '#scenarios/harness/record/sample.ts';

/** What one probe saw in one stretch of time. */
export interface Bucket {
  readonly asked: number;
  readonly failed: number;
  /** Of the answers that were good, ms; undefined when there was none. */
  readonly medianMs: number | undefined;
  readonly worstMs: number | undefined;
}

export interface ProbeSeries {
  readonly probe: string;
  /** Equal stretches from the run's beginning to its end. */
  readonly buckets: readonly Bucket[];
  readonly asked: number;
  readonly failed: number;
  readonly worstMs: number;
}

/**
 * Thins samples to what can be drawn: one bucket per stretch of time and probe. A sample counts where it was asked;
 * those asked before the run began or after it ended count in the first or last bucket, so that none is lost.
 */
export function probeSeries(
  samples: readonly Sample[],
  args: { wallToRunMs: number; spanMs: number; count: number },
): ProbeSeries[] {
  const byProbe = new Map<string, Sample[][]>();
  for (const sample of samples) {
    const buckets = byProbe.get(sample.probe) ?? Array.from({ length: args.count }, (): Sample[] => []);
    byProbe.set(sample.probe, buckets);
    const share = args.spanMs > 0 ? (sample.wallMs - args.wallToRunMs) / args.spanMs : 0;
    buckets[Math.min(args.count - 1, Math.max(0, Math.floor(share * args.count)))]?.push(sample);
  }
  const order = ([probe]: readonly [string, unknown]) => probeNames.indexOf(probe as ProbeName);
  return [...byProbe]
    .sort((a, b) => order(a) - order(b))
    .map(([probe, buckets]) => series(probe, buckets.map(bucketOf)));
}

function series(probe: string, buckets: readonly Bucket[]): ProbeSeries {
  const sum = (value: (bucket: Bucket) => number) => buckets.reduce((total, bucket) => total + value(bucket), 0);
  return {
    probe,
    buckets,
    asked: sum(({ asked }) => asked),
    failed: sum(({ failed }) => failed),
    worstMs: buckets.reduce((worst, { worstMs }) => Math.max(worst, worstMs ?? 0), 0),
  };
}

function bucketOf(samples: readonly Sample[]): Bucket {
  const good = samples.filter(({ ok }) => ok).map(({ ms }) => ms);
  good.sort((a, b) => a - b);
  return {
    asked: samples.length,
    failed: samples.length - good.length,
    medianMs: good[Math.floor((good.length - 1) / 2)],
    worstMs: good.at(-1),
  };
}
