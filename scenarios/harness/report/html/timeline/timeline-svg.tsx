import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { hundredths } from '#errors/seconds.ts';
import { extent, percent } from '../parts/picture.ts';
import { percentOf, ticks } from '../parts/scale.ts';
import { LanePicture } from './lane-picture.tsx';
import { ProbeStrip } from './probe-strip.tsx';
import type { Layout, Row } from './timeline-layout.ts';
import { AxisMarks, FaultMarks, MomentMarks, PhaseMarks, happened } from './timeline-marks.tsx';

interface TimelineProps {
  readonly report: RunReport;
  readonly layout: Layout;
}

/**
 * The picture of the timeline. Across, everything is in per cent of the run, so that it fits any width without
 * distorting text; down, in px of the layout.
 */
export function TimelineSvg({ report, layout }: TimelineProps) {
  const { height, spanMs, rows } = layout;
  const machines = report.snapshots[0]?.machines.map(({ name }) => name) ?? laneMachines(rows);
  return (
    <svg className="plot" width="100%" height={height} role="group" aria-labelledby="plot-title">
      <title id="plot-title">{`Timeline of the run, ${hundredths(spanMs)} from left to right`}</title>
      <defs>
        {[0, 1, 2, 3, 4].map((hue) => (
          <Hatch key={hue} hue={hue} />
        ))}
      </defs>
      <Ground report={report} layout={layout} />
      {rows.map((row) => (
        <RowPicture key={row.y} row={row} report={report} layout={layout} machines={machines} />
      ))}
      <MomentLines report={report} layout={layout} />
    </svg>
  );
}

const laneMachines = (rows: readonly Row[]): string[] =>
  rows.flatMap((row) => (row.kind === 'lane' && row.lane.group === 'machine' ? [row.lane.name] : []));

/** The fill of what is starting or stopping on a machine. */
function Hatch({ hue }: { readonly hue: number }) {
  const [id, className] = [`hatch${hue}`, `m${hue}`];
  return (
    <pattern
      id={id}
      className={className}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect className="hatch-ground" width="6" height="6" />
      <path className="hatch-line" d="M0 0V6" />
    </pattern>
  );
}

/** The stretches with a fault in force, and a line at every tick. */
function Ground({ report: { faults }, layout: { height, spanMs } }: TimelineProps) {
  const faulty = faults.map((fault) => extent(fault, spanMs));
  const lines = ticks(spanMs, 12).map((ms) => percent(percentOf(ms, spanMs)));
  return (
    <>
      {faulty.map(({ x, width }, index) => (
        <rect key={index} className="fault-window" x={percent(x)} y="24" width={percent(width)} height={height - 48} />
      ))}
      {lines.map((x, index) => (
        <line key={index} className="grid" x1={x} x2={x} y1="18" y2={height - 18} />
      ))}
    </>
  );
}

function MomentLines({ report, layout: { height, spanMs, rows } }: TimelineProps) {
  const top = rows.find(({ kind }) => kind === 'moments')?.y ?? 24;
  return happened(report).map(({ atMs, index }) => {
    const x = percent(percentOf(atMs, spanMs));
    return <line key={index} className="moment-line" x1={x} x2={x} y1={top + 18} y2={height - 24} />;
  });
}

function RowPicture(props: TimelineProps & { readonly row: Row; readonly machines: readonly string[] }) {
  const { row, report, layout, machines } = props;
  const { spanMs, minWidth } = layout;
  switch (row.kind) {
    case 'axis':
      return <AxisMarks y={row.y} spanMs={spanMs} />;
    case 'heading':
      return <line className="rule" x1="0" x2="100%" y1={row.y + 3} y2={row.y + 3} />;
    case 'phases':
      return <PhaseMarks y={row.y} phases={report.phases} spanMs={spanMs} />;
    case 'faults':
      return <FaultMarks y={row.y} rows={row.rows} faults={report.faults} spanMs={spanMs} />;
    case 'moments':
      return <MomentMarks y={row.y} rows={row.rows} report={report} spanMs={spanMs} minWidth={minWidth} />;
    case 'lane':
      return <LanePicture row={row} spanMs={spanMs} machines={machines} faults={report.faults} />;
    case 'probe':
      return <ProbeStrip series={row.series} y={row.y} height={row.height} />;
  }
}
