import type { ProbeSummary } from './run-report.ts';
import { answeredAt, probeNames, type Sample } from './sample.ts';

/**
 * The figures of each probe that asked, over the questions asked from `fromMs` to before `toMs` (wall-clock ms). Times are of
 * good answers; all are 0 when there was none. Pure.
 */
export function summariseProbes(samples: readonly Sample[], fromMs = -Infinity, toMs = Infinity): ProbeSummary[] {
  const inside = samples.filter(({ wallMs }) => wallMs >= fromMs && wallMs < toMs);
  return probeNames.flatMap((probe): ProbeSummary[] => {
    const own = inside.filter((sample) => sample.probe === probe);
    if (own.length === 0) return [];
    const times = own.flatMap(({ ok, ms }) => (ok ? [ms] : [])).sort((a, b) => a - b);
    return [
      {
        probe,
        asked: own.length,
        failed: own.length - times.length,
        medianMs: quantile(times, 0.5),
        p99Ms: quantile(times, 0.99),
        worstMs: times.at(-1) ?? 0,
        longestOutageMs: longestOutage(own),
      },
    ];
  });
}

/**
 * ms from a question that failed to the first good answer to any question asked since, the longest such stretch; one that
 * never ended counts until its last question was given up. Samples of one probe in any order; 0 when none failed.
 */
export function longestOutage(samples: readonly Sample[]): number {
  // Of two asked at once the good one comes first on the way back.
  const newestFirst = [...samples].sort((a, b) => b.wallMs - a.wallMs || Number(b.ok) - Number(a.ok));
  const last = newestFirst.reduce((latest, sample) => Math.max(latest, answeredAt(sample)), 0);
  let firstGood = last;
  let longest = 0;
  for (const sample of newestFirst) {
    if (sample.ok) firstGood = Math.min(firstGood, answeredAt(sample));
    else longest = Math.max(longest, firstGood - sample.wallMs);
  }
  return Math.round(longest);
}

/** The smallest value that at least this share of a sorted list does not exceed; 0 of an empty list. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
