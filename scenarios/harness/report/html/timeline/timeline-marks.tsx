import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { extent, percent } from '../parts/picture.ts';
import { percentOf, ticks } from '../parts/scale.ts';
import { Bar } from './bar.tsx';

interface MarksProps {
  readonly y: number;
  readonly spanMs: number;
}

/** Seconds along the axis. */
export function AxisMarks({ y, spanMs }: MarksProps) {
  return ticks(spanMs, 12).map((ms) => {
    const x = percentOf(ms, spanMs);
    const anchor = x < 2 ? 'start' : x > 97 ? 'end' : 'middle';
    return (
      <text key={ms} className="tick" x={percent(x)} y={y + 15} textAnchor={anchor}>
        {ms / 1_000}
      </text>
    );
  });
}

/** The phases of the run, in alternating shades. */
export function PhaseMarks({ y, phases, spanMs }: MarksProps & { readonly phases: RunReport['phases'] }) {
  return phases.map((phase, index) => (
    <Bar
      key={index}
      className={`phase p${index % 2}`}
      box={{ ...extent(phase, spanMs), y: y + 2, height: 19 }}
      text={phase.name}
    />
  ));
}

/** Each fault as a bar over its name; `rows` keeps those apart that would lie on each other. */
export function FaultMarks(
  props: MarksProps & { readonly rows: readonly number[]; readonly faults: RunReport['faults'] },
) {
  const { y, rows, faults, spanMs } = props;
  return faults.map((fault, index) => {
    const { x, width } = extent(fault, spanMs);
    const top = y + 2 + 20 * (rows[index] ?? 0);
    const name =
      x > 60 ? ({ at: x + width, dx: -2, anchor: 'end' } as const) : { at: x, dx: 2, anchor: 'start' as const };
    return [
      <rect key={`${index} bar`} className="fault-bar" x={percent(x)} y={top} width={percent(width)} height="3" />,
      <text
        key={`${index} name`}
        className="fault-name"
        x={percent(name.at)}
        dx={name.dx}
        y={top + 14}
        textAnchor={name.anchor}
      >
        ⚡ {fault.name}
      </text>,
    ];
  });
}

/** The moments that came about, each with its number in the report. */
export const happened = ({ timeline }: RunReport) =>
  timeline.flatMap(({ name, atMs }, index) => (atMs === undefined ? [] : [{ name, atMs, index }]));

/** A flag for each moment that came about. */
export function MomentMarks(
  props: MarksProps & { readonly rows: readonly number[]; readonly report: RunReport; readonly minWidth: number },
) {
  const { y, rows, report, spanMs, minWidth } = props;
  return happened(report).map(({ name, atMs, index }, nth) => (
    <MomentFlag
      key={index}
      number={`T${index}`}
      name={name}
      x={percentOf(atMs, spanMs)}
      y={y + 2 + 20 * (rows[nth] ?? 0)}
      minWidth={minWidth}
    />
  ));
}

/** A numbered flag at its moment with its name beside it, to the left where the right has no room. */
function MomentFlag(props: {
  readonly number: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly minWidth: number;
}) {
  const { number, name, x, y, minWidth } = props;
  const left = x + (100 * (36 + 6.6 * name.length)) / minWidth > 100;
  const flag = left ? -26 : 0;
  return (
    <svg className="moment" x={percent(x)} y={y} width="1" height="18" overflow="visible">
      <rect x={flag} width="26" height="16" rx="3" />
      <text className="number" x={flag + 13} y="12" textAnchor="middle">
        {number}
      </text>
      <text x={left ? -30 : 30} y="12" textAnchor={left ? 'end' : 'start'}>
        {name}
      </text>
    </svg>
  );
}
