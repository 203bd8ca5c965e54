import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { percentOf, stackRows } from '../parts/scale.ts';
import type { ProbeSeries } from './buckets.ts';
import type { Lane } from './lanes.ts';

/** One row of the timeline: a name in the column on the left and a stretch of the picture on the right, px. */
export type Row = { readonly y: number; readonly height: number } & (
  | { readonly kind: 'axis' | 'phases' | 'heading'; readonly label: string }
  | { readonly kind: 'moments' | 'faults'; readonly label: string; readonly rows: readonly number[] }
  | { readonly kind: 'lane'; readonly label: string; readonly lane: Lane }
  | { readonly kind: 'probe'; readonly label: string; readonly series: ProbeSeries }
);

type Unplaced = Row extends infer R ? (R extends Row ? Omit<R, 'y'> : never) : never;

export interface Layout {
  readonly rows: readonly Row[];
  readonly height: number;
  /** The whole run, ms; the width of the picture. */
  readonly spanMs: number;
  /** px below which the picture is not squeezed but scrolls. */
  readonly minWidth: number;
}

const laneHeight = 22;
/** Of 11 px text in the usual system fonts, rounded up. */
const textPx = (text: string): number => 6.6 * text.length;
const headings = { machine: 'Machines', unit: 'Units', key: 'Discovery keys' } as const;

/** Puts everything that shares the time axis under one another. Pure. */
export function timelineLayout(report: RunReport, lanes: readonly Lane[], probes: readonly ProbeSeries[]): Layout {
  const spanMs = Math.max(
    1,
    report.tookMs,
    ...report.phases.map(({ toMs }) => toMs),
    ...report.faults.map(({ toMs }) => toMs),
  );
  const at = (ms: number) => percentOf(ms, spanMs);
  // Three minutes fit a screen; what is longer scrolls, up to some screens.
  const minWidth = Math.round(Math.min(6_000, Math.max(700, spanMs / 200)));
  const happened = report.timeline.filter(({ atMs }) => atMs !== undefined);
  const moments = stackRows(...marks(happened.map(({ atMs = 0, name }) => ({ at: at(atMs), px: 36 + textPx(name) }))));
  const faults = stackRows(
    ...marks(
      report.faults.map(({ fromMs, toMs, name }) => {
        const text = (100 * (20 + textPx(name))) / minWidth;
        return { at: at(fromMs), px: (Math.max(text, at(toMs) - at(fromMs)) * minWidth) / 100 };
      }),
    ),
  );

  function marks(placed: readonly { at: number; px: number }[]): [positions: number[], widths: number[]] {
    const widths = placed.map(({ px }) => (100 * px) / minWidth);
    // A mark that would stick out at the end is written to the left of its moment.
    return [placed.map((mark, index) => Math.max(0, Math.min(mark.at, 100 - (widths[index] ?? 0)))), widths];
  }
  const groups = (['machine', 'unit', 'key'] as const).flatMap((group): Unplaced[] => {
    const own = lanes.filter((lane) => lane.group === group);
    if (own.length === 0) return [];
    return [
      { kind: 'heading', label: headings[group], height: 24 },
      ...own.map((lane): Unplaced => ({
        kind: 'lane',
        label: lane.label,
        lane,
        height: laneHeight + (lane.rows - 1) * 12,
      })),
    ];
  });
  const rows: Unplaced[] = [
    { kind: 'axis', label: 'seconds', height: 24 },
    ...(report.phases.length > 0 ? [{ kind: 'phases', label: 'phase', height: 24 } as const] : []),
    ...(faults.length > 0
      ? [{ kind: 'faults', label: 'fault', height: 20 * (Math.max(...faults) + 1), rows: faults } as const]
      : []),
    ...(moments.length > 0
      ? [{ kind: 'moments', label: 'moments', height: 20 * (Math.max(...moments) + 1) + 4, rows: moments } as const]
      : []),
    ...groups,
    ...(probes.length > 0 ? [{ kind: 'heading', label: 'Probes', height: 28 } as const] : []),
    ...probes.map((series): Unplaced => ({ kind: 'probe', label: series.probe, series, height: 76 })),
    { kind: 'axis', label: 'seconds', height: 24 },
  ];
  let y = 0;
  const placed = rows.map((row): Row => {
    const here = { ...row, y } as Row;
    y += row.height;
    return here;
  });
  return { rows: placed, height: y, spanMs, minWidth };
}
