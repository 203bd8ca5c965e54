/** Seconds between ticks that a person can add up. */
const tickSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600] as const;

/** Where a moment lies on an axis from 0 to `spanMs`, in per cent of its width; outside is clamped to the edge. */
export function percentOf(atMs: number, spanMs: number): number {
  if (!(spanMs > 0)) return 0;
  return Math.round(Math.min(1, Math.max(0, atMs / spanMs)) * 100_000) / 1_000;
}

/** Moments (ms) for an axis from 0 to `spanMs`: evenly spaced, at most `most` of them after the zero. */
export function ticks(spanMs: number, most: number): number[] {
  if (!(spanMs > 0)) return [0];
  const wanted = tickSteps.find((step) => spanMs / (step * 1_000) <= most);
  const stepMs = wanted === undefined ? Math.ceil(spanMs / most / 3_600_000) * 3_600_000 : wanted * 1_000;
  const count = Math.floor(spanMs / stepMs);
  return Array.from({ length: count + 1 }, (_, index) => Math.round(index * stepMs));
}

/**
 * Height of a latency on a logarithmic axis from 1 ms to `topMs`: 0 at (or under) 1 ms, 1 at the top. Halves and
 * tenfolds of a latency are what a visitor notices, and both the usual 3 ms and a 5 s hang stay visible.
 */
export function logShare(ms: number, topMs: number): number {
  if (!(ms > 1) || !(topMs > 1)) return 0;
  return Math.min(1, Math.log(ms) / Math.log(topMs));
}

/** The power of ten (at least 10 ms) that holds every latency. */
export function decadeAbove(ms: number): number {
  return 10 ** Math.max(1, Math.ceil(Math.log10(Math.max(1, ms)) - 1e-9));
}

/**
 * Puts marks that would overlap on further rows.
 * @param positions in per cent, ascending
 * @param widths of the marks, in per cent
 * @returns the row of each, from 0; no two marks of one row overlap
 */
export function stackRows(positions: readonly number[], widths: readonly number[]): number[] {
  const ends: number[] = [];
  return positions.map((position, index) => {
    const free = ends.findIndex((end) => end <= position);
    const row = free === -1 ? ends.length : free;
    ends[row] = position + (widths[index] ?? 0);
    return row;
  });
}
