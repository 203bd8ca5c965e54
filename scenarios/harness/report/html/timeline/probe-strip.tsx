import type { ReactNode } from 'react';
import { decadeAbove, logShare } from '../parts/scale.ts';
import { count, duration } from '../parts/words.ts';
import type { ProbeSeries } from './buckets.ts';
import { bars, round, steps } from './probe-paths.ts';

const failureHeight = 14;

interface StripProps {
  readonly series: ProbeSeries;
  readonly y: number;
  readonly height: number;
}

/**
 * One probe on the time axis: median (line) and worst (area) of the good answers, logarithmic, and below it the
 * share that failed. Drawn in units of buckets and stretched to the width of the picture.
 */
export function ProbeStrip({ series, y, height }: StripProps) {
  const [top, plot] = [y + 6, height - failureHeight - 12];
  const floor = top + plot + 2 + failureHeight;
  const topMs = decadeAbove(series.worstMs);
  const up = (ms: number) => round(plot * (1 - logShare(ms, topMs)));
  const decades = Array.from({ length: Math.round(Math.log10(topMs)) }, (_, index) => 10 ** (index + 1));
  const named = decades.filter((ms) => decades.length < 3 || ms === 10 || ms === topMs);
  return (
    <g className="lane probe" tabIndex={0} role="img" aria-label={inWords(series)}>
      <rect className="lane-ground" x="0" y={y} width="100%" height={height} />
      {decades.map((ms) => (
        <line key={ms} className="grid" x1="0" x2="100%" y1={top + up(ms)} y2={top + up(ms)} />
      ))}
      <Latencies series={series} top={top} height={plot} up={up} />
      <FailedShare series={series} top={top + plot + 2} />
      <line className="rule" x1="0" x2="100%" y1={floor} y2={floor} />
      {named.map((ms) => (
        <text key={ms} className="tick halo" x="2" y={top + up(ms) + (ms === topMs ? 8 : 4)}>
          {duration(ms)}
        </text>
      ))}
    </g>
  );
}

function inWords({ probe, asked, failed, worstMs }: ProbeSeries): string {
  const share = asked === 0 ? 0 : (100 * failed) / asked;
  const worst = worstMs === 0 ? 'no good answer' : `slowest good answer ${duration(worstMs)}`;
  return `${probe}: ${count(asked, 'question')}, ${failed} failed (${share.toFixed(1)} %), ${worst}`;
}

function Latencies(props: {
  readonly series: ProbeSeries;
  readonly top: number;
  readonly height: number;
  /** Where a latency lies, px from the top. */
  readonly up: (ms: number) => number;
}) {
  const { series, top, height, up } = props;
  const area = bars(
    series.buckets,
    ({ worstMs }) => (worstMs === undefined ? undefined : Math.min(up(worstMs), height - 1)),
    height,
  );
  const line = steps(series.buckets, ({ medianMs }) => (medianMs === undefined ? undefined : up(medianMs)));
  return (
    <Stretched buckets={series.buckets.length} top={top} height={height}>
      <title>{inWords(series)}</title>
      <path className="worst" d={area} />
      <path className="median" d={line} />
    </Stretched>
  );
}

function FailedShare({ series, top }: { readonly series: ProbeSeries; readonly top: number }) {
  const area = bars(
    series.buckets,
    // A single failure among many is still to be seen.
    ({ asked, failed }) => (failed === 0 ? undefined : round(failureHeight * (1 - Math.max(0.25, failed / asked)))),
    failureHeight,
  );
  return (
    <Stretched buckets={series.buckets.length} top={top} height={failureHeight}>
      <path className="failing" d={area} />
    </Stretched>
  );
}

/** A drawing in units of buckets, as wide as the picture. */
function Stretched(props: {
  readonly buckets: number;
  readonly top: number;
  readonly height: number;
  readonly children: ReactNode;
}) {
  const { buckets, top, height, children } = props;
  return (
    <svg x="0" y={top} width="100%" height={height} viewBox={`0 0 ${buckets} ${height}`} preserveAspectRatio="none">
      {children}
    </svg>
  );
}
