import type { Bucket, ProbeSeries } from './buckets.ts';
import { type Markup, markup } from './markup.ts';
import { decadeAbove, logShare } from './scale.ts';
import { count, duration } from './words.ts';

const failureHeight = 14;

/**
 * One probe on the time axis: median (line) and worst (area) of the good answers, logarithmic, and below it the
 * share that failed. Drawn in units of buckets and stretched to the width of the picture.
 */
export function probeStrip(series: ProbeSeries, at: { y: number; height: number }): Markup {
  const { buckets } = series;
  const [top, plot] = [at.y + 6, at.height - failureHeight - 12];
  const topMs = decadeAbove(series.worstMs);
  const up = (ms: number) => round(plot * (1 - logShare(ms, topMs)));
  const decades = Array.from({ length: Math.round(Math.log10(topMs)) }, (_, index) => 10 ** (index + 1));
  const share = series.asked === 0 ? 0 : (100 * series.failed) / series.asked;
  const worst = series.worstMs === 0 ? 'no good answer' : `slowest good answer ${duration(series.worstMs)}`;
  const told = `${series.probe}: ${count(series.asked, 'question')}, ${series.failed} failed (${share.toFixed(1)} %), ${worst}`;
  return markup`<g class="lane probe" tabindex="0" role="img" aria-label="${told}"><rect class="lane-ground" x="0" y="${at.y}" width="100%" height="${at.height}"/>
${decades.map((ms) => markup`<line class="grid" x1="0" x2="100%" y1="${top + up(ms)}" y2="${top + up(ms)}"/>`)}
<svg x="0" y="${top}" width="100%" height="${plot}" viewBox="0 0 ${buckets.length} ${plot}" preserveAspectRatio="none"><title>${told}</title><path class="worst" d="${bars(buckets, ({ worstMs }) => (worstMs === undefined ? undefined : Math.min(up(worstMs), plot - 1)), plot)}"/><path class="median" d="${steps(buckets, ({ medianMs }) => (medianMs === undefined ? undefined : up(medianMs)))}"/></svg>
<svg x="0" y="${top + plot + 2}" width="100%" height="${failureHeight}" viewBox="0 0 ${buckets.length} ${failureHeight}" preserveAspectRatio="none"><path class="failing" d="${bars(buckets, ({ asked, failed }) => (failed === 0 ? undefined : round(failureHeight * (1 - Math.max(0.25, failed / asked)))), failureHeight)}"/></svg>
<line class="rule" x1="0" x2="100%" y1="${top + plot + 2 + failureHeight}" y2="${top + plot + 2 + failureHeight}"/>
${decades
  .filter((ms) => decades.length < 3 || ms === 10 || ms === topMs)
  .map(
    (ms) => markup`<text class="tick halo" x="2" y="${top + up(ms) + (ms === topMs ? 8 : 4)}">${duration(ms)}</text>`,
  )}</g>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Columns from the floor up to each bucket's height; equal neighbours are one column. */
function bars(buckets: readonly Bucket[], y: (bucket: Bucket) => number | undefined, floor: number): string {
  return runs(buckets.map(y))
    .map(({ from, to, value }) => `M${from} ${floor}V${value}H${to}V${floor}Z`)
    .join('');
}

/** A stair line, broken where there is no value. */
function steps(buckets: readonly Bucket[], y: (bucket: Bucket) => number | undefined): string {
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
